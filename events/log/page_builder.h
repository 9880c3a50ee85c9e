// PageBuilder: one page while it is filled, and its sealing. Decisions are written where they will
// stay; sealing hashes them and fills in the header, and nothing is copied.
//
// The life of a page:
//   engine thread      begin(); then per decision: its bytes at the end of buffer(),
//   decision_written() (moved)            the whole object goes to the committer; the engine goes
//   on with another one committer thread   seal_commit() over all pages of the group commit;
//   append; clear(); back it goes
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "events/base/ids.h"
#include "events/base/time.h"
#include "events/log/event_log.h"
#include "events/log/page.h"
#include "events/log/page_chain.h"

namespace kontor {

// What all pages of one commit have in common.
struct CommitStamp {
  Epoch epoch;
  CommitNumber number;
  std::uint32_t generation = 1;
};

// Movable, not copyable; keeps its memory over clear(). One thread at a time; moving it hands it
// over.
class PageBuilder {
 public:
  // Starts a page of `book` whose first event will be `first`. Only when empty.
  void begin(BookNumber book, Sequence first);

  // Where decisions go: at its end, each complete and 8-aligned before decision_written(). The
  // first 256 bytes are the header's. A decision given up is cut off with
  // buffer().resize(decision_begin()).
  AlignedBuffer& buffer() { return buffer_; }
  std::size_t decision_begin() const { return written_; }  // offset of the next decision

  // The bytes from decision_begin() to the end of the buffer are a decision: header filled, padded,
  // going on from the one before (sequence, recorded time), with at least one event. Asserted.
  void decision_written();

  BookNumber book() const { return book_; }
  Sequence next_sequence() const { return next_; }  // of the next decision's first event
  std::uint32_t decisions() const { return decisions_; }
  std::uint32_t events() const { return events_; }
  std::size_t page_bytes() const { return written_; }  // header and decisions
  bool empty() const { return decisions_ == 0; }
  void clear();

  // Calls visit(DecisionView) for each decision written, in order.
  template <class Visit>
  void for_each_decision(Visit visit) const {
    std::size_t offset = sizeof(PageHeader);
    for (std::uint32_t i = 0; i < decisions_; ++i) {
      const DecisionView decision(buffer_.data() + offset);
      visit(decision);
      offset += decision.header().bytes;
    }
  }

  // Hashes the decisions into chain.tree, moves the chain on, writes the header. The result is the
  // page, in place, valid until the builder changes. Not empty; the chain is this book's, and its
  // last sequence the one before begin()'s.
  std::span<const std::byte> seal(PageChain& chain, const CommitStamp& stamp);

 private:
  AlignedBuffer buffer_;
  std::size_t written_ = 0;
  BookNumber book_;
  Sequence first_;
  Sequence next_;
  Timestamp recorded_first_;
  Timestamp recorded_last_;
  std::uint32_t decisions_ = 0;
  std::uint32_t events_ = 0;
};

// One page of a commit and the chain it continues.
struct CommitPage {
  PageBuilder* page = nullptr;
  PageChain* chain = nullptr;
};

// Seals the pages, none empty, one per book, in this order, and returns the commit's bytes for
// EventLog::append: a lone page in its own place; several back to back in `scratch`. Valid until
// those change. Moves the chains on except for durable_watermark, which the caller sets to
// last_sequence after the append.
std::span<const std::byte> seal_commit(std::span<const CommitPage> pages, const CommitStamp& stamp,
                                       AlignedBuffer& scratch);

}  // namespace kontor
