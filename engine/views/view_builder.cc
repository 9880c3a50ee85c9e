#include "engine/views/view_builder.h"

#include "events/base/mark.h"
#include "events/log/commit.h"
#include "events/log/merkle.h"

namespace kontor {

ViewBuilder::ViewBuilder(const EventLog& log, std::unique_ptr<View> view,
                         std::shared_ptr<ViewStore> store, Options options)
    : log_(log), view_(std::move(view)), store_(std::move(store)), options_(options) {
  checkpoint_.view = view_->name();
  checkpoint_.view_format = view_->format();
}

Status ViewBuilder::open() {
  const auto found = store_->checkpoint();
  if (!found.ok()) return found.error();
  if (!*found) return {};
  const Status follows = check_follows(**found, log_, view_->name(), view_->format());
  if (!follows.ok()) return follows;
  KONTOR_MARK("a view followed on from its checkpoint");
  checkpoint_ = **found;
  return {};
}

Status ViewBuilder::advance(CommitNumber to) {
  next_ = checkpoint_;
  positions_.clear();
  batch_events_ = 0;
  if (Status read = read_batch(to); !read.ok()) return read;
  if (next_.commit == checkpoint_.commit) return {};
  if (checkpoint_.commit.value() == 0) {
    const Result<Hash256> first = hash_of_commit(log_, CommitNumber{1});
    if (!first.ok()) return first.error();
    next_.log = *first;
  }
  if (Status taken = store_->ingest(*view_, next_, positions_); !taken.ok()) return taken;
  checkpoint_ = next_;
  return {};
}

Status ViewBuilder::read_batch(CommitNumber to) {
  const auto earlier = store_->snapshot();
  Status folded;
  const CommitNumber from{checkpoint_.commit.value() + 1};
  const Status read =
      log_.read(from, to, [&](CommitNumber number, std::span<const std::byte> bytes) {
        folded = read_commit(number, bytes,
                             [&](const PageView& page) { return fold_page(page, *earlier); });
        if (!folded.ok()) return false;
        next_.commit = number;
        const bool last = number >= to || batch_events_ >= options_.batch_events ||
                          view_->pending_bytes() >= options_.batch_bytes;
        if (last) next_.last = leaf_hash(bytes);
        return !last;
      });
  if (!folded.ok()) return folded;
  return read;
}

Status ViewBuilder::fold_page(const PageView& page, const RowSource& earlier) {
  const PageHeader& header = page.header();
  const BookNumber book{header.book};
  Status status;
  page.for_each_decision([&](const DecisionView& decision) {
    if (status.ok()) status = view_->fold(book, decision, earlier);
  });
  if (!status.ok()) return status;
  positions_[book] = Sequence{header.first_sequence + header.event_count - 1};
  next_.generation = header.generation;
  next_.recorded_last = Timestamp{header.recorded_last};
  batch_events_ += header.event_count;
  if (book != BookNumber{0}) next_.events += header.event_count;
  return {};
}

}  // namespace kontor
