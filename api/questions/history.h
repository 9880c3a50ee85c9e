// Questions about a book's history. Each is asked in three steps, one after the other: on the
// engine's thread it learns what to look for, on the reader's it reads the log in bounded slices,
// and on the engine's again it is made readable with the book's names. No step blocks, and none is
// long.
#pragma once

#include <memory>
#include <optional>

#include "api/questions/query.h"
#include "engine/log_reader.h"
#include "engine/views/views.h"
#include "events/json/json.h"

namespace kontor::questions {

inline constexpr std::uint32_t kDecisionsOfSlice = 20'000;

// Whether a question needs another slice, or has what it was looking for.
enum class Slice : std::uint8_t { kAgain, kFinished };

class HistoryQuestion {
 public:
  virtual ~HistoryQuestion() = default;
  // Engine thread. An answer: nothing is to be read.
  virtual std::optional<Answered> begin(const Book& book) = 0;
  // Reader thread; everything the first step saw is durable by then. Errors are the log's.
  virtual Result<Slice> read(const LogReader& log, BookNumber book) = 0;
  // Engine thread.
  virtual Answered render(const Book& book) = 0;
  // Of the answer; 0: that of the last step.
  virtual Sequence position() const { return Sequence{}; }
};

std::unique_ptr<HistoryQuestion> make_pages_question(const Query& query);
// views: null: the server keeps none, and what they would have is read from the log.
std::unique_ptr<HistoryQuestion> make_events_question(Query query, const Views* views);
// One order, invoice, payment or credit note as it was, and an order as it is, in memory or not;
// null: the question is about none.
std::unique_ptr<HistoryQuestion> make_past_document_question(Query query, const Views* views);
// An account as of a position, and of what was effective up to a date. of: the book its first and
// last step are asked of. A copy of the book as it was then tells the limits up the tree and the
// orders held as well.
enum class OfWhat : std::uint8_t { kNow, kThen };
std::unique_ptr<HistoryQuestion> make_past_account_question(Query query, const Views* views,
                                                            OfWhat of);
std::unique_ptr<HistoryQuestion> make_documents_question(Query query, const Views* views);
std::unique_ptr<HistoryQuestion> make_why_question(Query query, const Views* views);
std::unique_ptr<HistoryQuestion> make_exposure_question(Query query);
std::unique_ptr<HistoryQuestion> make_four_eyes_question(Query query);

// Names of a book, for JSON. The book outlives it; its thread only.
class BookNames final : public NameSource {
 public:
  explicit BookNames(const Book& book) : book_(book) {}
  std::optional<std::string> name(std::string_view kind, std::uint64_t ref) const override {
    return book_.name(kind, ref);
  }

 private:
  const Book& book_;
};

}  // namespace kontor::questions
