// Carries a question to the engine's threads and its answer back.
#include <functional>
#include <utility>

#include "api/questions/history.h"
#include "api/questions/present.h"
#include "api/questions/question.h"
#include "api/questions/stream_reader.h"
#include "engine/books.h"
#include "engine/past/past_copies.h"
#include "engine/shard_number.h"

namespace kontor {
namespace {

using questions::Answered;
using questions::HistoryQuestion;
using questions::Query;
using questions::Slice;

std::string text_of(const flatbuffers::String* text) {
  return text == nullptr ? std::string{} : text->str();
}

// One question on its way. Handed from thread to thread, never used by two at once. Whoever drops
// it unanswered (an engine that stops) answers it so.
class Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  Conversation(Engine& engine, BookNumber book, QuestionAnswerer::Done done)
      : engine_(engine), book_(book), done_(std::move(done)) {}
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  ~Conversation() {
    if (done_) finish(questions::refused(StatusCode::kStopping, "the server is stopping"));
  }

  void set_question(wire::Question question) { question_ = question; }
  // Of the first step: what has begun is finished.
  void set_deadline(QuestionAnswerer::Deadline deadline) { deadline_ = deadline; }
  BookNumber book() const { return book_; }
  void set_position(Sequence position) { position_ = position; }
  QuestionAnswerer::Deadline deadline() const { return deadline_; }
  void finish(const Answered& answer);

  // Engine thread: on_book; then, once what it saw is durable, `then` on the committer's.
  using OnBook = std::function<void(const Book&)>;
  using Then = std::function<void()>;
  void ask(OnBook on_book, Then then);
  void read(LogWork work);

 private:
  Engine& engine_;
  BookNumber book_;
  wire::Question question_{};
  Sequence position_;
  QuestionAnswerer::Done done_;
  QuestionAnswerer::Deadline deadline_;
};

using ConversationPtr = std::shared_ptr<Conversation>;

void Conversation::finish(const Answered& answer) {
  flatbuffers::FlatBufferBuilder builder(answer.body.size() + 256);
  const auto next = answer.next.empty() ? 0 : builder.CreateString(answer.next);
  const auto message = answer.message.empty() ? 0 : builder.CreateString(answer.message);
  flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> body;
  if (!answer.body.empty()) {
    builder.ForceVectorAlignment(answer.body.size(), 1, 8);
    body = builder.CreateVector(reinterpret_cast<const std::uint8_t*>(answer.body.data()),
                                answer.body.size());
  }
  wire::QueryAnswerBuilder out(builder);
  out.add_status(static_cast<std::uint16_t>(answer.status));
  out.add_question(question_);
  out.add_position(position_.value());
  out.add_body(body);
  out.add_more(!answer.next.empty());
  out.add_next(next);
  out.add_message(message);
  builder.Finish(out.Finish());
  std::exchange(done_, nullptr)(AlignedBuffer(finished_bytes(builder)));
}

// What the engine carries for a conversation.
class BookQuestion final : public Question {
 public:
  BookQuestion(ConversationPtr conversation, Conversation::OnBook on_book, Conversation::Then then)
      : conversation_(std::move(conversation)),
        on_book_(std::move(on_book)),
        then_(std::move(then)) {}

  void ask(const Books& books) override {
    const Book* const book = books.find(conversation_->book());
    known_ = book != nullptr;
    if (!known_) return;
    conversation_->set_position(book->last_sequence());
    on_book_(*book);
  }
  void answer() override {
    if (known_) return then_();
    if (expired) {
      return conversation_->finish(questions::refused(
          StatusCode::kDeadlineExpired, "the deadline passed before the question was looked at"));
    }
    conversation_->finish(questions::refused(StatusCode::kUnknownBook, "no book has this number"));
  }

 private:
  ConversationPtr conversation_;
  Conversation::OnBook on_book_;
  Conversation::Then then_;
  bool known_ = false;
};

Answered not_taken(StatusCode status) {
  return questions::refused(status, status == StatusCode::kStopping
                                        ? "the server is stopping"
                                        : "the server has too much to do; ask again");
}

void Conversation::ask(OnBook on_book, Then then) {
  const auto keep = shared_from_this();
  auto question = std::make_unique<BookQuestion>(keep, std::move(on_book), std::move(then));
  question->deadline = std::exchange(deadline_, std::nullopt);
  const StatusCode status = engine_.ask(std::move(question));
  if (status != StatusCode::kDone && done_) finish(not_taken(status));
}

void Conversation::read(LogWork work) {
  const StatusCode status = engine_.read(std::move(work));
  if (status != StatusCode::kDone && done_) finish(not_taken(status));
}

// ---- a question about the present
// ----------------------------------------------------------------

void answer_present(const ConversationPtr& conversation, questions::PresentAnswer answer,
                    Query query) {
  auto made = std::make_shared<Answered>();
  conversation->ask(
      [answer, made, query = std::move(query)](const Book& book) { *made = answer(book, query); },
      [conversation, made] { conversation->finish(*made); });
}

// ---- a question about history
// --------------------------------------------------------------------

struct Inquiry {
  ConversationPtr conversation;
  std::unique_ptr<HistoryQuestion> question;
  std::optional<Answered> early;
  Answered made;
};
using InquiryPtr = std::shared_ptr<Inquiry>;

Answered unreadable(const Error& error) {
  if (error.kind == ErrorKind::kNotFound)
    return questions::refused(StatusCode::kNotFound, error.message);
  if (error.kind == ErrorKind::kUnavailable)
    return questions::refused(StatusCode::kOverloaded, error.message);
  return questions::refused(StatusCode::kReadOnly, "the log cannot be read: " + error.message);
}

void render(const InquiryPtr& inquiry) {
  inquiry->conversation->ask(
      [inquiry](const Book& book) { inquiry->made = inquiry->question->render(book); },
      [inquiry] {
        const Sequence position = inquiry->question->position();
        if (position.value() != 0) inquiry->conversation->set_position(position);
        inquiry->conversation->finish(inquiry->made);
      });
}

// Goes to the end of the reader's work after each slice, so that others are answered in between.
void read_slice(const InquiryPtr& inquiry) {
  inquiry->conversation->read([inquiry](const LogReader& log) {
    const Result<Slice> slice = inquiry->question->read(log, inquiry->conversation->book());
    if (!slice) return inquiry->conversation->finish(unreadable(slice.error()));
    if (slice.value() == Slice::kAgain) return read_slice(inquiry);
    render(inquiry);
  });
}

void answer_history(const ConversationPtr& conversation,
                    std::unique_ptr<HistoryQuestion> question) {
  auto inquiry = std::make_shared<Inquiry>();
  inquiry->conversation = conversation;
  inquiry->question = std::move(question);
  conversation->ask(
      [inquiry](const Book& book) { inquiry->early = inquiry->question->begin(book); },
      [inquiry] {
        if (inquiry->early) return inquiry->conversation->finish(*inquiry->early);
        read_slice(inquiry);
      });
}

std::unique_ptr<HistoryQuestion> make_history_question(Query query, const Views* views) {
  switch (query.question) {
    case wire::Question::events:
      return questions::make_events_question(std::move(query), views);
    case wire::Question::pages:
      return questions::make_pages_question(query);
    case wire::Question::why:
      return questions::make_why_question(std::move(query), views);
    case wire::Question::exposure:
      return questions::make_exposure_question(std::move(query));
    case wire::Question::four_eyes:
      return questions::make_four_eyes_question(std::move(query));
    case wire::Question::documents:
      return questions::make_documents_question(std::move(query), views);
    default:
      return nullptr;
  }
}

// One that may have left memory.
bool is_about_a_document(wire::Question question) {
  return question == wire::Question::order || question == wire::Question::invoice ||
         question == wire::Question::payment || question == wire::Question::credit_note;
}

// Asked as of a position, a time or a date; null: the question is not answered so.
std::unique_ptr<HistoryQuestion> make_past_question(Query query, const Views* views) {
  if (query.question == wire::Question::account)
    return questions::make_past_account_question(std::move(query), views, questions::OfWhat::kNow);
  if (query.date != kNoDate) return nullptr;
  return questions::make_past_document_question(std::move(query), views);
}

// ---- a question about what was
// ------------------------------------------------------------------------

// What is asked of a copy of the book as it was.
class CopyQuestion final : public PastQuestion {
 public:
  using OnBook = std::function<void(const Book&)>;
  // Called in place of a refusal; null: the refusal is the answer.
  using Otherwise = std::function<void()>;
  CopyQuestion(ConversationPtr conversation, OnBook on_book, Otherwise otherwise)
      : conversation_(std::move(conversation)),
        on_book_(std::move(on_book)),
        otherwise_(std::move(otherwise)) {}

  void answer(const Book& then) override {
    conversation_->set_position(then.last_sequence());
    on_book_(then);
  }
  void refuse(StatusCode status, const std::string& why) override {
    const bool in_time = status != StatusCode::kDeadlineExpired && status != StatusCode::kStopping;
    if (otherwise_ && in_time) return otherwise_();
    conversation_->finish(questions::refused(status, why));
  }

 private:
  ConversationPtr conversation_;
  OnBook on_book_;
  Otherwise otherwise_;
};

// One question on its way to a copy: where the copy stands is found by the reader.
struct Excursion {
  ConversationPtr conversation;
  PastCopies& copies;
  Query query;
  QuestionAnswerer::Deadline deadline;
  Sequence end;
  PastPlace place;
  CopyQuestion::Otherwise otherwise;  // where no copy is to be had

  void ask_copy(CopyQuestion::OnBook on_book) const {
    std::unique_ptr<PastQuestion> question =
        std::make_unique<CopyQuestion>(conversation, std::move(on_book), otherwise);
    question->deadline = deadline;
    const std::optional<PastRefusal> refusal = copies.ask(place, question);
    if (!refusal) return;
    if (otherwise && refusal->status != StatusCode::kStopping) return otherwise();
    conversation->finish(questions::refused(refusal->status, refusal->why));
  }
};
using ExcursionPtr = std::shared_ptr<Excursion>;

// Finds the place, then calls `there`, on the reader's thread.
void find_place(const ExcursionPtr& to, std::function<void()> there) {
  const ConversationPtr& conversation = to->conversation;
  conversation->ask([to](const Book& book) { to->end = book.last_sequence(); },
                    [to, there = std::move(there)] {
                      to->conversation->read([to, there](const LogReader& log) {
                        const BookNumber book = to->conversation->book();
                        const auto place = questions::find_place(log, book, to->query.as_of,
                                                                 to->query.as_of_time, to->end);
                        if (!place) return to->conversation->finish(unreadable(place.error()));
                        to->place = *place;
                        there();
                      });
                    });
}

// By the very code that answers the present.
void answer_as_of(const ExcursionPtr& to, questions::PresentAnswer answer) {
  find_place(to, [to, answer] {
    to->ask_copy(
        [to, answer](const Book& then) { to->conversation->finish(answer(then, to->query)); });
  });
}

void read_slice_as_of(const ExcursionPtr& to, const std::shared_ptr<HistoryQuestion>& question) {
  to->conversation->read([to, question](const LogReader& log) {
    const Result<Slice> slice = question->read(log, to->conversation->book());
    if (!slice) return to->conversation->finish(unreadable(slice.error()));
    if (slice.value() == Slice::kAgain) return read_slice_as_of(to, question);
    to->ask_copy(
        [to, question](const Book& then) { to->conversation->finish(question->render(then)); });
  });
}

// The copy in place of the book in its first and last step.
void answer_history_as_of(const ExcursionPtr& to, std::shared_ptr<HistoryQuestion> question) {
  find_place(to, [to, question = std::move(question)] {
    to->ask_copy([to, question](const Book& then) {
      if (auto early = question->begin(then)) return to->conversation->finish(*early);
      read_slice_as_of(to, question);
    });
  });
}

// ---- what is asked
// -------------------------------------------------------------------------------

std::optional<Query> read_query(const wire::QueryRequest& request) {
  Query query;
  query.question = request.question();
  query.name = text_of(request.name());
  query.second = text_of(request.second());
  query.third = text_of(request.third());
  query.date = Date{request.date()};
  query.from = request.from();
  query.to = request.to();
  query.filter = request.filter();
  query.limit = request.limit();
  const auto after = questions::parse_place(text_of(request.after()));
  if (!after) return std::nullopt;
  query.after = *after;
  query.as_of = Sequence{request.as_of()};
  query.as_of_time = Timestamp{request.as_of_time()};
  query.date_from = Date{request.date_from()};
  query.date_to = Date{request.date_to()};
  query.state = text_of(request.state());
  query.number = request.number();
  if (const auto* const command = request.command(); command != nullptr && command->size() > 0) {
    query.command = std::make_shared<const AlignedBuffer>(
        std::as_bytes(std::span(command->data(), command->size())));
  }
  return query;
}

// An identifier, maybe with its kind before it ("company:acme").
constexpr std::size_t kTextBytesMax = kIdentifierBytesMax + 16;

bool texts_are_sound(const Query& query) {
  for (const std::string* const text : {&query.name, &query.second, &query.third, &query.state}) {
    if (!is_text(*text, kTextBytesMax)) return false;
  }
  for (const Date date : {query.date, query.date_from, query.date_to}) {
    if (date != kNoDate && !is_calendar_date(date)) return false;
  }
  return true;
}

Answered not_about_the_past() {
  return questions::refused(StatusCode::kUnknownQuestion,
                            "a date is for a price or account; events, pages, four_eyes and "
                            "documents are asked about the present "
                            "only: their own FROM and TO say what of it");
}

Answered no_copies() {
  return questions::refused(
      StatusCode::kUnknownQuestion,
      "this server keeps no copies of the past (past-copies = 0): it answers as of a position or "
      "time about one order, invoice, payment, credit note or account only");
}

class BookAnswerer final : public QuestionAnswerer {
 public:
  explicit BookAnswerer(std::vector<AnswerSources> shards) : shards_(std::move(shards)) {}

  void answer(Engine& engine, BookNumber book, AlignedBuffer request, Done done,
              Deadline deadline) override {
    const auto& asked = *flatbuffers::GetRoot<wire::QueryRequest>(request.data());
    const Engine::Place place = engine.place_of(book);
    const AnswerSources sources =
        shard_of(book) < shards_.size() ? shards_[shard_of(book)] : AnswerSources{};
    const auto conversation =
        std::make_shared<Conversation>(*place.engine, place.book, std::move(done));
    conversation->set_question(asked.question());
    conversation->set_deadline(deadline);
    std::optional<Query> query = read_query(asked);
    if (!query || !texts_are_sound(*query)) {
      return conversation->finish(
          questions::refused(StatusCode::kMalformed,
                             "a name is up to 64 bytes of UTF-8 without control characters, a date "
                             "lies in the years 1 "
                             "to 9999, and `after` is what the page before said as `next`"));
    }
    if (is_about_the_past(*query)) return answer_past(conversation, std::move(*query), sources);
    if (is_about_a_document(query->question)) {
      return answer_history(
          conversation, questions::make_past_document_question(std::move(*query), sources.views));
    }
    if (const questions::PresentAnswer present = questions::find_present_answer(query->question)) {
      return answer_present(conversation, present, std::move(*query));
    }
    if (auto history = make_history_question(std::move(*query), sources.views)) {
      return answer_history(conversation, std::move(history));
    }
    conversation->finish(questions::refused(StatusCode::kUnknownQuestion,
                                            "this server does not answer this question"));
  }

 private:
  static void answer_past(const ConversationPtr& conversation, Query query,
                          const AnswerSources& sources) {
    const bool whole_account = query.question == wire::Question::account && query.date == kNoDate;
    if (whole_account && sources.past != nullptr)
      return answer_account_as_of(conversation, query, sources);
    if (auto past = make_past_question(query, sources.views))
      return answer_history(conversation, std::move(past));
    const wire::Question question = query.question;
    const questions::PresentAnswer present = questions::find_present_answer(question);
    const bool told = question == wire::Question::why || question == wire::Question::exposure;
    const bool dated = query.date != kNoDate && question != wire::Question::price;
    if (dated || (present == nullptr && !told)) return conversation->finish(not_about_the_past());
    if (sources.past == nullptr) return conversation->finish(no_copies());
    const auto deadline = conversation->deadline();
    auto to = std::make_shared<Excursion>(
        Excursion{conversation, *sources.past, std::move(query), deadline, {}, {}, nullptr});
    if (present != nullptr) return answer_as_of(to, present);
    answer_history_as_of(to, make_history_question(to->query, sources.views));
  }

  // From a copy of the book as it was, with what only that knows; where none is to be had, from the
  // account's own entries.
  static void answer_account_as_of(const ConversationPtr& conversation, const Query& query,
                                   const AnswerSources& sources) {
    const Views* const views = sources.views;
    const auto otherwise = [conversation, query, views] {
      answer_history(conversation,
                     questions::make_past_account_question(query, views, questions::OfWhat::kNow));
    };
    auto to = std::make_shared<Excursion>(
        Excursion{conversation, *sources.past, query, conversation->deadline(), {}, {}, otherwise});
    answer_history_as_of(
        to, questions::make_past_account_question(query, views, questions::OfWhat::kThen));
  }

  const std::vector<AnswerSources> shards_;
};

}  // namespace

std::unique_ptr<QuestionAnswerer> make_question_answerer(std::vector<AnswerSources> shards) {
  return std::make_unique<BookAnswerer>(std::move(shards));
}
std::unique_ptr<QuestionAnswerer> make_question_answerer(const Views* views, PastCopies* copies) {
  return make_question_answerer(std::vector<AnswerSources>{{views, copies}});
}
std::unique_ptr<QuestionAnswerer> make_question_answerer() {
  return make_question_answerer(nullptr, nullptr);
}

}  // namespace kontor
