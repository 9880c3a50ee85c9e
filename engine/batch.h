// Batch: what one group commit will make durable, and who waits for it. Filled on the engine's
// thread, sealed, appended and answered on the committer's; goes back and forth, keeping its
// memory.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/job.h"
#include "events/log/page_builder.h"

namespace kontor {

// What became of one command, before its page is sealed.
struct PendingResult {
  StatusCode status = StatusCode::kDone;
  std::uint32_t page = 0;     // in Batch::pages
  bool decided_here = false;  // else `sequence` of an earlier decision, or nothing
  bool repeated = false;      // decided before, under the same id
  bool compare = false;       // known id, other bytes: the stored command decides
  std::size_t offset = 0;     // of the decision in its page
  Sequence sequence;          // first of the decision; 0: none
  BookNumber book;
};

struct PendingSubmission {
  std::unique_ptr<Submission> job;
  std::vector<PendingResult> results;
  bool needs_log = false;  // some result is an earlier decision
};

class Batch {
 public:
  // The page of a book, begun if it has none yet; its index is stable until clear().
  std::uint32_t page_of(BookNumber book, Sequence next);
  PageBuilder& page(std::uint32_t index) { return *pages_[index]; }
  const PageBuilder& page(std::uint32_t index) const { return *pages_[index]; }
  std::uint32_t page_count() const { return used_; }

  std::uint32_t decisions() const { return decisions_; }
  std::size_t bytes() const { return bytes_; }  // of decisions
  void count_decision(std::size_t bytes) {
    ++decisions_;
    bytes_ += bytes;
  }
  bool empty() const { return used_ == 0 && submissions.empty() && questions.empty(); }
  // Keeps the memory of pages for the next ones, up to a bound that does not depend on how many
  // books there are.
  void clear();
  std::size_t kept_bytes() const { return kept_bytes_; }  // about

  std::vector<PendingSubmission> submissions;
  std::vector<std::unique_ptr<Question>> questions;

 private:
  void keep_bounded();

  std::vector<std::unique_ptr<PageBuilder>> pages_;  // the first used_ are in use
  std::vector<std::size_t> page_bytes_;              // of each, the largest it has been
  std::size_t kept_bytes_ = 0;                       // their sum
  std::vector<std::uint32_t> page_of_book_;          // by book number; index + 1
  std::uint32_t used_ = 0;
  std::uint32_t decisions_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace kontor
