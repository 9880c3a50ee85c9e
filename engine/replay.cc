#include "engine/replay.h"

#include <algorithm>
#include <string>

#include "events/codec/catalog.h"

namespace kontor {
namespace {

constexpr std::uint64_t kProgressEvery = 256;  // commits

class Replayer {
 public:
  Replayer(Books& books, Replayed& out, const ReplayOptions& options)
      : books_(books), options_(options), out_(out) {}

  // Whether to go on.
  bool commit(CommitNumber number, std::span<const std::byte> bytes) {
    number_ = number;
    while (!bytes.empty() && status_.ok() && !stopped_) {
      const auto page = read_page(bytes);
      if (!page.ok()) {
        status_ = where(page.error());
        return false;
      }
      fold_page(*page);
      bytes = bytes.subspan(page->header().header_bytes + page->header().stored_bytes);
    }
    ++out_.commits;
    out_.last = number;
    return status_.ok() && !stopped_;
  }
  const Status& status() const { return status_; }

 private:
  Error where(const Error& error) const {
    return {error.kind, "commit " + std::to_string(number_.value()) + ": " + error.message};
  }

  void fold_page(const PageView& page) {
    const BookNumber book{page.header().book};
    if (!make_room(book)) return;
    if (const Status followed = out_.chains[book.value()].follow(page); !followed.ok()) {
      status_ = where(followed.error());
      return;
    }
    out_.places[book.value()].push_back({Sequence{page.header().first_sequence}, number_});
    page.for_each_decision([&](const DecisionView& decision) {
      if (status_.ok() && !stopped_) fold_decision(*books_.find(book), decision);
    });
  }

  // A book is there once book 0 has registered it, which it has in the same commit at the latest.
  bool make_room(BookNumber book) {
    const std::uint32_t known = books_.server().calendar().registered().size();
    if (book.value() > known) {
      status_ = where({ErrorKind::kCorrupt, "a page of book " + std::to_string(book.value()) +
                                                ", which was never opened; restore a backup"});
      return false;
    }
    while (books_.count() <= known)
      books_.add();
    while (out_.chains.size() <= known) {
      out_.chains.emplace_back();
      out_.chains.back().book = BookNumber{static_cast<std::uint32_t>(out_.chains.size() - 1)};
      out_.places.emplace_back();
    }
    return true;
  }

  void fold_decision(Book& book, const DecisionView& decision) {
    decision.for_each_event([&](const EventView& event) {
      if (!status_.ok() || verify_event(event.header.kind, event.body)) return;
      const bool known = !event_name(event.header.kind).empty();
      status_ = where({known ? ErrorKind::kCorrupt : ErrorKind::kNewer,
                       "event " + std::to_string(event.sequence.value()) + " of book " +
                           std::to_string(book.number().value()) +
                           (known ? " has damaged bytes; restore a backup"
                                  : " is of a kind this version does not know; use a newer one")});
    });
    if (!status_.ok()) return;
    if (const Status folded = book.replay(decision); !folded.ok()) {
      status_ = where(folded.error());
      return;
    }
    out_.events += decision.header().event_count;
    if (options_.check_invariants) check(book);
    const bool last = options_.to.value() != 0 && book.number() == options_.book &&
                      book.last_sequence() >= options_.to;
    stopped_ = stopped_ || last;
  }

  void check(const Book& book) {
    if (const Status sound = book.check_invariants(); !sound.ok()) {
      status_ =
          where({sound.error().kind,
                 "after sequence " + std::to_string(book.last_sequence().value()) + " of book " +
                     std::to_string(book.number().value()) + ": " + sound.error().message});
    }
  }

  Books& books_;
  const ReplayOptions& options_;
  CommitNumber number_;
  Replayed& out_;
  Status status_;
  bool stopped_ = false;
};

}  // namespace

std::uint64_t Replayed::position() const {
  std::uint64_t out = 0;
  for (const PageChain& chain : chains)
    out += chain.last_sequence.value();
  return out;
}

Status replay_on(const EventLog& log, Books& books, Replayed& so_far, const ReplayOptions& options,
                 const ReplayProgress& progress) {
  Replayer replayer(books, so_far, options);
  const CommitNumber end = log.tail().last;
  const CommitNumber last = options.last.value() == 0 ? end : std::min(options.last, end);
  const CommitNumber first{so_far.last.value() + 1};
  if (first > last) return {};
  const Status read =
      log.read(first, last, [&](CommitNumber number, std::span<const std::byte> bytes) {
        const bool tell = number.value() % kProgressEvery == 0 || number == last;
        if (progress && tell) progress(number.value(), last.value());
        return replayer.commit(number, bytes);
      });
  return replayer.status().ok() ? read : replayer.status();
}

Result<Replayed> replay(const EventLog& log, Books& books, const ReplayOptions& options,
                        const ReplayProgress& progress) {
  Replayed out;
  if (const Status done = replay_on(log, books, out, options, progress); !done.ok()) {
    return done.error();
  }
  return out;
}

}  // namespace kontor
