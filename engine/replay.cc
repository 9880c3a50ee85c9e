#include "engine/replay.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/read_ahead.h"

namespace kontor {
namespace {

constexpr std::uint64_t kProgressEvery = 256;  // commits
constexpr std::uint64_t kWorthAThread = 32;    // commits
// In decisions: far enough for memory to answer, near enough for caches to keep what it said.
constexpr std::size_t kBytesAhead = 20;  // they come from another processor's cache
constexpr std::size_t kSlotsAhead = 12;
constexpr std::size_t kRecordsAhead = 6;
constexpr std::size_t kBytesOfOne = 512;  // the processor goes on by itself

void look_ahead(const Book& book, const std::vector<const std::byte*>& decisions, std::size_t at) {
  const std::size_t count = decisions.size();
  if (at + kBytesAhead < count) prefetch_bytes(decisions[at + kBytesAhead], kBytesOfOne);
  if (at + kSlotsAhead < count) {
    book.prefetch(DecisionView(decisions[at + kSlotsAhead]), Prefetch::kSlot);
  }
  if (at + kRecordsAhead < count) {
    book.prefetch(DecisionView(decisions[at + kRecordsAhead]), Prefetch::kRecord);
  }
}

class Replayer {
 public:
  Replayer(Books& books, Replayed& out, const ReplayOptions& options)
      : books_(books), options_(options), out_(out) {}

  // Whether to go on.
  bool commit(const CheckedCommit& commit) {
    number_ = commit.number;
    for (const CheckedPage& checked : commit.pages) {
      if (status_.ok() && !stopped_) fold_page(checked);
    }
    if (!status_.ok() || stopped_) return false;
    if (!commit.readable.ok()) {
      status_ = where(commit.readable.error());
      return false;
    }
    ++out_.commits;
    out_.last = number_;
    return true;
  }
  const Status& status() const { return status_; }

 private:
  Error where(const Error& error) const {
    return {error.kind, "commit " + std::to_string(number_.value()) + ": " + error.message};
  }

  void fold_page(const CheckedPage& checked) {
    const PageView& page = checked.page;
    const BookNumber number{page.header().book};
    if (!make_room(number)) return;
    if (!checked.sound.ok()) {
      status_ = where(checked.sound.error());
      return;
    }
    out_.chains[number.value()] = checked.chain;
    out_.places[number.value()].push_back({Sequence{page.header().first_sequence}, number_});
    Book& book = *books_.find(number);
    const std::vector<const std::byte*>& decisions = checked.decisions;
    for (std::size_t i = 0; i < decisions.size() && status_.ok() && !stopped_; ++i) {
      look_ahead(book, decisions, i);
      fold_decision(book, DecisionView(decisions[i]));
    }
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

void tell(const ReplayProgress& progress, CommitNumber number, CommitNumber last) {
  if (progress && (number.value() % kProgressEvery == 0 || number == last)) {
    progress(number.value(), last.value());
  }
}

// Folds the commits as they are read, checked on a thread of their own.
Status fold_ahead(const EventLog& log, CommitNumber first, CommitNumber last, CommitCheck check,
                  Replayer& replayer, const ReplayProgress& progress) {
  ReadAhead commits(log, first, last, std::move(check));
  while (const CheckedCommit* const commit = commits.next()) {
    tell(progress, commit->number, last);
    if (!replayer.commit(*commit)) return replayer.status();
  }
  return commits.status();
}

// The same on this thread, one after the other.
Status fold_in_turn(const EventLog& log, CommitNumber first, CommitNumber last, CommitCheck check,
                    Replayer& replayer, const ReplayProgress& progress) {
  CheckedCommit commit;
  const Status read =
      log.read(first, last, [&](CommitNumber number, std::span<const std::byte> bytes) {
        tell(progress, number, last);
        check.check(number, bytes, commit);
        return replayer.commit(commit);
      });
  return replayer.status().ok() ? read : replayer.status();
}

}  // namespace

std::uint64_t Replayed::position() const {
  std::uint64_t out = 0;
  for (const PageChain& chain : chains)
    out += chain.last_sequence.value();
  return out;
}

Status replay_on(const EventLog& log, Books& books, Replayed& so_far, const ReplayOptions& options,
                 const ReplayProgress& progress) {
  const CommitNumber end = log.tail().last;
  const CommitNumber last = options.last.value() == 0 ? end : std::min(options.last, end);
  const CommitNumber first{so_far.last.value() + 1};
  if (first > last) return {};
  Replayer replayer(books, so_far, options);
  CommitCheck check(so_far.chains, options.hashed_before ? Trees::kLeave : Trees::kFollow);
  if (last.value() - first.value() < kWorthAThread) {
    return fold_in_turn(log, first, last, std::move(check), replayer, progress);
  }
  return fold_ahead(log, first, last, std::move(check), replayer, progress);
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
