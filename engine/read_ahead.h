// ReadAhead: the commits of a log, checked, on their way to whoever folds them. Reading, checksums,
// hashing every decision into its book's tree and verifying every body cost about as much as
// folding; on a thread of their own they are done while earlier commits are folded.
#pragma once

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "events/base/result.h"
#include "events/log/event_log.h"
#include "events/log/page_chain.h"

namespace kontor {

// A page whose own bytes are sound. sound: whether it also is its book's next page and every body
// is one; then chain is what the book's pages add up to with it.
struct CheckedPage {
  PageView page;
  Status sound;
  PageChain chain;
  std::vector<const std::byte*> decisions;  // where each begins
};

struct CheckedCommit {
  CommitNumber number;
  AlignedBuffer bytes;             // what the pages lie in
  std::vector<CheckedPage> pages;  // up to the first that is not sound
  Status readable;                 // of the bytes behind the last page
};

// Whether decisions are hashed into their book's tree, or the pages are known to be what was hashed
// before (PageChain::follow_unhashed).
enum class Trees : std::uint8_t { kFollow, kLeave };

// Checks commits one by one, following the chains of all books. One thread.
class CommitCheck {
 public:
  // chains: by book number, what came before.
  CommitCheck(const std::vector<PageChain>& chains, Trees trees);
  // Copies the bytes and checks what is in them; nothing may be asked of it after a failure.
  void check(CommitNumber number, std::span<const std::byte> bytes, CheckedCommit& out);

 private:
  PageChain& chain_of(BookNumber book);

  std::map<std::uint32_t, PageChain> chains_;  // a damaged page may name any book
  Trees trees_;
};

// Reads from `first` to `last` on a thread of its own, at most kCommits ahead. Used by one thread.
class ReadAhead {
 public:
  ReadAhead(const EventLog& log, CommitNumber first, CommitNumber last, CommitCheck check);
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;
  ~ReadAhead();  // leaves off reading

  // The next commit, valid until the next call; null: no further one, and status() says why.
  const CheckedCommit* next();
  const Status& status() const { return status_; }

 private:
  static constexpr std::size_t kCommits = 4;

  void read(const EventLog& log, CommitNumber first, CommitNumber last);
  bool add(CommitNumber number, std::span<const std::byte> bytes);  // false: nobody wants more

  CommitCheck check_;
  std::array<CheckedCommit, kCommits> commits_;  // a ring; each is its maker's, then its taker's
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t made_ = 0;   // commits ready so far
  std::uint64_t taken_ = 0;  // of these, done with
  bool holds_one_ = false;   // next() has given one that is not done with
  bool ended_ = false;       // nothing further is made
  bool stopped_ = false;     // nothing further is wanted
  Status status_;
  std::thread thread_;
};

}  // namespace kontor
