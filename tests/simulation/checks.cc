#include "tests/simulation/checks.h"

#include "engine/replay.h"
#include "events/codec/catalog.h"

namespace kontor::test {
namespace {

std::optional<std::string> digests_differ(const Books& books, const Books& again,
                                          const std::string& how) {
  for (std::uint32_t number = 0; number < books.count(); ++number) {
    const Book* const told = books.find(BookNumber{number});
    const Book* const other = again.find(BookNumber{number});
    if (told->last_sequence() == Sequence{}) continue;
    const bool same = other != nullptr && hex(other->digest()) == hex(told->digest());
    if (!same) return how + " book " + std::to_string(number) + " has another digest";
  }
  return std::nullopt;
}

// Folds a log event by event and looks at the invariants after each.
class Watched {
 public:
  bool commit(std::span<const std::byte> bytes) {
    while (!bytes.empty() && !wrong_) {
      const auto page = read_page(bytes);
      if (!page.ok()) {
        wrong_ = page.error().message;
        break;
      }
      const BookNumber book{page->header().book};
      while (books_.count() <= book.value())
        books_.add();
      page->for_each_decision([&](const DecisionView& d) { decision(*books_.find(book), d); });
      bytes = bytes.subspan(page->bytes());
    }
    return !wrong_;
  }
  const std::optional<std::string>& wrong() const { return wrong_; }
  const Books& books() const { return books_; }

 private:
  void decision(Book& book, const DecisionView& decision) {
    if (wrong_) return;
    const DecisionHeader& header = decision.header();
    book.begin(header, decision.id());
    Envelope by{Sequence{}, Timestamp{header.recorded_at}, Date{header.effective_date},
                Date{header.business_date}};
    decision.for_each_event([&](const EventView& event) {
      if (wrong_) return;
      by.sequence = event.sequence;
      Status status = book.apply(by, event);
      if (status.ok()) status = book.check_invariants();
      if (status.ok()) return;
      wrong_ = "after event " + std::to_string(event.sequence.value()) + " (" +
               std::string(event_name(event.header.kind)) + "): " + status.error().message;
    });
    if (wrong_) return;
    book.end();
    const Status sound = book.check_invariants();
    if (!sound.ok()) wrong_ = "after what was settled left: " + sound.error().message;
  }

  Books books_;
  std::optional<std::string> wrong_;
};

}  // namespace

std::optional<std::string> replay_differs(const EventLog& log, const Books& books,
                                          bool every_event) {
  Books again;
  const auto replayed = replay(log, again, ReplayOptions{}, nullptr);
  if (!replayed.ok()) return "replay: " + replayed.error().message;
  if (auto wrong = digests_differ(books, again, "replayed,")) return wrong;
  if (!every_event) return std::nullopt;

  Watched watched;
  const auto visit = [&](CommitNumber, std::span<const std::byte> bytes) {
    return watched.commit(bytes);
  };
  const Status read = log.read(CommitNumber{1}, log.tail().last, visit);
  if (!read.ok()) return "reading the log: " + read.error().message;
  if (watched.wrong()) return watched.wrong();
  return digests_differ(books, watched.books(), "folded event by event,");
}

std::optional<std::string> saved_differs(const Books& books) {
  for (std::uint32_t number = 0; number < books.count(); ++number) {
    const Book& book = *books.find(BookNumber{number});
    BufferSink saved;
    book.save(saved);
    Book loaded{BookNumber{number}};
    Source source(saved.bytes());
    const Status read = loaded.load(source);
    if (!read.ok()) return "load: " + read.error().message;
    if (!source.at_end()) return "load: bytes are left over";
    if (hex(loaded.digest()) != hex(book.digest())) return "saved and loaded, the digest differs";
    const Status sound = loaded.check_invariants();
    if (!sound.ok()) return "saved and loaded: " + sound.error().message;
  }
  return std::nullopt;
}

}  // namespace kontor::test
