// ToldEngine: what a Story has told, as an engine that answers at once on the caller's thread; and
// one call to ask it anything. For tests of questions.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wire_generated.h"

#include "api/questions/question.h"
#include "engine/books.h"
#include "engine/engine.h"
#include "engine/log_reader.h"
#include "tests/support/engine/story.h"

namespace kontor::test {

class ToldEngine final : public Engine, public LogReader, public ReadBack {
 public:
  explicit ToldEngine(const Story& story);

  StatusCode submit(std::unique_ptr<Submission>& job) override;
  StatusCode ask(std::unique_ptr<Question> question) override;
  StatusCode read(LogWork work) override;
  std::vector<BookInfo> books() const override { return {}; }
  EngineStats stats() const override { return {}; }
  void stop() override {}

  Status scan(BookNumber book, Sequence from,
              const std::function<bool(const DecisionView&)>& visit) const override;
  Status scan_pages(BookNumber book, Sequence from, const PageVisit& visit) const override;
  Result<AlignedBuffer> decision_at(BookNumber book, Sequence sequence) const override;
  Sequence last_sequence(BookNumber book) const override;

  std::string name_of(BookNumber book, SettledKind kind, std::uint64_t birth) const override;
  std::uint64_t birth_of(BookNumber book, SettledKind kind, std::string_view name,
                         Sequence end) const override;

  BookNumber book() const { return BookNumber{books_.count() - 1}; }
  const Book& state() const { return *books_.find(book()); }
  // Takes no question and no reading from here on.
  void turn_away(StatusCode status) { turn_away_ = status; }

 private:
  Books books_;
  std::vector<AlignedBuffer> log_;  // of the last book
  StatusCode turn_away_ = StatusCode::kDone;
};

struct ToAsk {
  wire::Question question{};
  std::string name = {};
  std::string second = {};
  std::string third = {};
  std::string after = {};
  std::uint32_t limit = 0;
  std::uint64_t filter = 0;
  std::uint64_t as_of = 0;
  Date date_from = kNoDate;
  Date date_to = kNoDate;
};

struct Told {
  StatusCode status = StatusCode::kDone;
  std::uint64_t position = 0;
  std::string message;
  std::string next;
  std::string body;  // JSON
};

// Asks kontord's answerer; the body is read as the command line reads it.
Told ask(ToldEngine& engine, const ToAsk& to_ask);
Told ask(const Story& story, const ToAsk& to_ask);
// The body of an answer that must be there, at the story's end.
std::string told_body(const Story& story, const ToAsk& to_ask);

}  // namespace kontor::test
