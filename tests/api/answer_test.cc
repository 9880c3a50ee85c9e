#include "api/answer.h"

#include <gtest/gtest.h>

#include "book_generated.h"
#include "credit_generated.h"
#include "credit_note_generated.h"
#include "invoice_generated.h"
#include "reasons_generated.h"

#include "api/client/answers.h"
#include "api/client/client.h"
#include "events/codec/catalog.h"
#include "events/json/json.h"
#include "tests/api/fake_engine.h"

namespace kontor {
namespace {

using test::FakeEvent;
using test::make_decision;

template <class Table, class Write>
FakeEvent event_of(Write write) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(write(builder));
  const auto bytes = std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
  return {number_of<Table>, {bytes.begin(), bytes.end()}};
}

flatbuffers::Offset<Grounds> grounds_of(flatbuffers::FlatBufferBuilder& builder, ReasonCode code,
                                        const char* name, std::uint64_t evidence) {
  const std::vector<Reason> reasons = {Reason(0, 5, 125'000, 100'000, 0,
                                              static_cast<std::uint16_t>(code), Subject::company,
                                              Unit::money, 978, 1, Outcome::hold)};
  const std::vector<std::string> names = {name};
  const std::vector<std::uint64_t> positions = {evidence};
  const auto reasons_at = builder.CreateVectorOfStructs(reasons);
  const auto names_at = builder.CreateVectorOfStrings(names);
  return CreateGrounds(builder, reasons_at, names_at, builder.CreateVector(positions), 2);
}

std::vector<Answer> read(const AlignedBuffer& frame, std::size_t commands, AlignedBuffer& body) {
  body = AlignedBuffer(frame.bytes().subspan(sizeof(FrameHeader)));
  std::vector<Answer> answers;
  EXPECT_TRUE(read_answers(body.bytes(), commands, answers));
  return answers;
}

TEST(SubmitAnswer, CostsAboutFortyBytesForADoneCommand) {
  const AlignedBuffer decision = make_decision("id", 9, {{number_of<PaymentReceived>, {}}});
  const std::vector<CommandResult> results(128, {StatusCode::kDone, decision.data(), false});
  const AlignedBuffer frame = submit_answer_frame({1}, results, {});
  EXPECT_LE(frame.size(), 128 * 40);
}

TEST(SubmitAnswer, GathersTheReasonsOfAHoldAndARequest) {
  const FakeEvent held = event_of<OrderHeld>([](auto& builder) {
    const auto grounds = grounds_of(builder, ReasonCode::rule_matched, "ACME", 11);
    OrderHeldBuilder out(builder);
    out.add_grounds(grounds);
    return out.Finish();
  });
  const FakeEvent warned = event_of<CommandWarned>([](auto& builder) {
    return CreateCommandWarned(builder, grounds_of(builder, ReasonCode::price_changed, "W", 12));
  });
  const AlignedBuffer decision = make_decision("id", 20, {held, held, warned});
  const std::vector<CommandResult> results = {{StatusCode::kOverloaded, nullptr, false},
                                              {StatusCode::kDone, decision.data(), true}};
  AlignedBuffer body;
  const auto answers = read(submit_answer_frame({1}, results, {}), 2, body);
  EXPECT_EQ(answers[0].status, StatusCode::kOverloaded);
  EXPECT_GT(answers[0].retry_after_ms, 0U);
  EXPECT_EQ(answers[0].sequence, Sequence{0});
  EXPECT_TRUE(answers[1].repeated);
  EXPECT_EQ(answers[1].sequence, Sequence{20});
  ASSERT_EQ(answers[1].events.size(), 3U);
  ASSERT_NE(answers[1].reasons, nullptr);
  EXPECT_EQ(answers[1].reasons->more(), 4U);
  const auto reasons = read_grounds(*answers[1].reasons, no_names());
  ASSERT_EQ(reasons.size(), 2U);
  EXPECT_EQ(reasons[1].name, "ACME");
  EXPECT_EQ(reasons[1].evidence, std::vector<std::uint64_t>{11});
  ASSERT_NE(answers[1].warnings, nullptr);
  EXPECT_EQ(read_grounds(*answers[1].warnings, no_names())[0].name, "W");
  const std::string json = answer_json("id\"1", answers[1]);
  EXPECT_NE(json.find(R"({"id":"id\"1","status":"done","sequence":20,"recorded_at":")"),
            std::string::npos)
      << json;
  EXPECT_NE(json.find(R"({"sequence":22,"event":"CommandWarned"})"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("reasons":[{"reason":"rule_matched")"), std::string::npos) << json;
  EXPECT_NE(json.find(R"("more_reasons":4)"), std::string::npos) << json;
}

TEST(SubmitAnswer, TellsTheGaplessNumberOfAnInvoice) {
  const FakeEvent invoice = event_of<InvoiceIssued>([](auto& builder) {
    InvoiceIssuedBuilder out(builder);
    out.add_fiscal_year(2026);
    out.add_number(1);
    return out.Finish();
  });
  const AlignedBuffer one = make_decision("a", 1, {{number_of<OrderFulfilled>, {}}, invoice});
  const std::vector<CommandResult> results(3, {StatusCode::kDone, one.data(), false});
  AlignedBuffer body;
  const auto answers = read(submit_answer_frame({1}, results, {}), 3, body);
  for (const Answer& answer : answers) {
    ASSERT_EQ(answer.numbers.size(), 1U);
    EXPECT_NE(answer_json("a", answer)
                  .find(R"({"sequence":2,"event":"InvoiceIssued","number":"2026-000001"})"),
              std::string::npos);
  }
}

TEST(SubmitAnswer, TellsTheGaplessNumberOfACreditNoteInItsOwnSeries) {
  const FakeEvent note = event_of<CreditNoteIssued>([](auto& builder) {
    CreditNoteIssuedBuilder out(builder);
    out.add_fiscal_year(2026);
    out.add_number(7);
    return out.Finish();
  });
  const AlignedBuffer one = make_decision("a", 1, {note});
  const std::vector<CommandResult> results(1, {StatusCode::kDone, one.data(), false});
  AlignedBuffer body;
  const auto answers = read(submit_answer_frame({1}, results, {}), 1, body);
  EXPECT_NE(answer_json("a", answers[0])
                .find(R"({"sequence":1,"event":"CreditNoteIssued","number":"C2026-000007"})"),
            std::string::npos);
}

TEST(SubmitAnswer, IsNotReadWhenItIsDamaged) {
  const AlignedBuffer decision = make_decision("id", 9, {{number_of<PaymentReceived>, {}}});
  const std::vector<CommandResult> results(4, {StatusCode::kDone, decision.data(), false});
  const AlignedBuffer frame = submit_answer_frame({1}, results, {});
  AlignedBuffer body(frame.bytes().subspan(sizeof(FrameHeader)));
  std::vector<Answer> answers;
  EXPECT_FALSE(read_answers(body.bytes(), 5, answers));
  EXPECT_FALSE(read_answers(body.bytes().first(body.size() / 2), 4, answers));
  for (std::size_t i = 0; i < body.size(); ++i) {
    const std::byte kept = body.data()[i];
    for (const int value : {0x00, 0x7F, 0x80, 0xFF}) {
      body.data()[i] = static_cast<std::byte>(value);
      if (!read_answers(body.bytes(), 4, answers)) continue;
      for (const Answer& answer : answers)
        EXPECT_FALSE(answer_json("x", answer).empty());
    }
    body.data()[i] = kept;
  }
}

}  // namespace
}  // namespace kontor
