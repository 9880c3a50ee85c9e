#include "tests/api/questions/told_engine.h"

#include <gtest/gtest.h>

#include "api/client/question_words.h"
#include "api/schema.h"
#include "api/wire.h"
#include "events/codec/catalog.h"
#include "events/json/json.h"
#include "projections/births.h"

namespace kontor::test {

ToldEngine::ToldEngine(const Story& story) {
  story.for_each_decision([&](BookNumber number, const DecisionView& decision) {
    while (books_.count() <= number.value())
      books_.add();
    const Status replayed = books_.find(number)->replay(decision);
    EXPECT_TRUE(replayed.ok());
  });
  story.for_each_decision([&](BookNumber number, const DecisionView& decision) {
    if (number == book()) log_.emplace_back(decision.bytes());
  });
  books_.read_back_with(this);
}

std::string ToldEngine::name_of(BookNumber, SettledKind kind, std::uint64_t birth) const {
  std::string name;
  const auto bytes = decision_at(book(), Sequence{birth});
  if (!bytes.ok()) return name;
  DecisionView(bytes->data()).for_each_event([&](const EventView& event) {
    if (event.sequence.value() != birth) return;
    const auto born = birth_in(event);
    if (born && born->kind == kind) name = born->name;
  });
  return name;
}

std::uint64_t ToldEngine::birth_of(BookNumber number, SettledKind kind, std::string_view name,
                                   Sequence end) const {
  for (std::uint64_t birth = 1; birth <= end.value(); ++birth) {
    if (name_of(number, kind, birth) == name) return birth;
  }
  return 0;
}

StatusCode ToldEngine::submit(std::unique_ptr<Submission>&) {
  return StatusCode::kReadOnly;
}

StatusCode ToldEngine::ask(std::unique_ptr<Question> question) {
  if (turn_away_ != StatusCode::kDone) return turn_away_;
  question->ask(books_);
  question->answer();
  return StatusCode::kDone;
}

StatusCode ToldEngine::read(LogWork work) {
  if (turn_away_ != StatusCode::kDone) return turn_away_;
  work(*this);
  return StatusCode::kDone;
}

Status ToldEngine::scan(BookNumber, Sequence from,
                        const std::function<bool(const DecisionView&)>& visit) const {
  for (const AlignedBuffer& bytes : log_) {
    const DecisionView decision(bytes.data());
    const DecisionHeader& header = decision.header();
    if (header.first_sequence + header.event_count <= from.value()) continue;
    if (!visit(decision)) return {};
  }
  return {};
}

Status ToldEngine::scan_pages(BookNumber, Sequence, const PageVisit&) const {
  return Error{ErrorKind::kNotFound, "a story has decisions, not pages"};
}

Result<AlignedBuffer> ToldEngine::decision_at(BookNumber, Sequence sequence) const {
  for (const AlignedBuffer& bytes : log_) {
    const DecisionHeader header = DecisionView(bytes.data()).header();
    if (header.first_sequence + header.event_count > sequence.value()) {
      return AlignedBuffer(bytes.bytes());
    }
  }
  return Error{ErrorKind::kNotFound, "beyond the end"};
}

Sequence ToldEngine::last_sequence(BookNumber) const {
  return state().last_sequence();
}

Told ask(ToldEngine& engine, const ToAsk& to_ask) {
  flatbuffers::FlatBufferBuilder builder;
  const auto name = builder.CreateString(to_ask.name);
  const auto second = builder.CreateString(to_ask.second);
  const auto third = builder.CreateString(to_ask.third);
  const auto after = builder.CreateString(to_ask.after);
  wire::QueryRequestBuilder request(builder);
  request.add_question(to_ask.question);
  request.add_name(name);
  request.add_second(second);
  request.add_third(third);
  request.add_after(after);
  request.add_limit(to_ask.limit);
  request.add_filter(to_ask.filter);
  request.add_as_of(to_ask.as_of);
  request.add_date_from(to_ask.date_from.value());
  request.add_date_to(to_ask.date_to.value());
  builder.Finish(request.Finish());

  static const SchemaJson kSchema(api_schema());
  Told told;
  int answers = 0;
  make_question_answerer()->answer(
      engine, engine.book(), AlignedBuffer(finished_bytes(builder)),
      [&](AlignedBuffer answer) {
        ++answers;
        const auto* const root = verified_root<wire::QueryAnswer>(answer.bytes(), {});
        ASSERT_NE(root, nullptr);
        EXPECT_EQ(root->question(), to_ask.question);
        told.status = static_cast<StatusCode>(root->status());
        told.position = root->position();
        if (root->message() != nullptr) told.message = root->message()->str();
        if (root->next() != nullptr) told.next = root->next()->str();
        EXPECT_EQ(root->more(), !told.next.empty());
        if (root->body() == nullptr) return;
        const AlignedBuffer body(
            std::as_bytes(std::span(root->body()->data(), root->body()->size())));
        told.body = kSchema.write(answer_table(to_ask.question), body.bytes(), no_names());
      },
      std::nullopt);
  EXPECT_EQ(answers, 1);
  return told;
}

Told ask(const Story& story, const ToAsk& to_ask) {
  ToldEngine engine(story);
  return ask(engine, to_ask);
}

std::string told_body(const Story& story, const ToAsk& to_ask) {
  const Told answer = ask(story, to_ask);
  EXPECT_EQ(answer.status, StatusCode::kDone) << answer.message;
  EXPECT_EQ(answer.position, story.book().last_sequence().value());
  EXPECT_TRUE(answer.body.starts_with('{')) << answer.body;
  return answer.body;
}

}  // namespace kontor::test
