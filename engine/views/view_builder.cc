#include "engine/views/view_builder.h"

#include <algorithm>

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
  ViewBuilder* const alone = this;
  return advance(std::span(&alone, 1), to).front();
}

std::vector<Status> ViewBuilder::advance(std::span<ViewBuilder* const> together, CommitNumber to) {
  for (ViewBuilder* const builder : together)
    builder->begin_batch();
  const Status read = read_batch(together, to);
  std::vector<Status> out;
  for (ViewBuilder* const builder : together) {
    out.push_back(read.ok() ? builder->end_batch() : read);
    builder->earlier_.reset();
  }
  return out;
}

void ViewBuilder::begin_batch() {
  earlier_ = store_->snapshot();
  folded_ = {};
  next_ = checkpoint_;
  positions_.clear();
  batch_events_ = 0;
}

Status ViewBuilder::read_batch(std::span<ViewBuilder* const> together, CommitNumber to) {
  const ViewBuilder& first = *together.front();
  const CommitNumber from{first.checkpoint_.commit.value() + 1};
  Status sound;
  const Status read =
      first.log_.read(from, to, [&](CommitNumber number, std::span<const std::byte> bytes) {
        sound = read_commit(number, bytes, [&](const PageView& page) {
          for (ViewBuilder* const builder : together)
            builder->take(page);
          return Status{};
        });
        if (!sound.ok()) return false;
        const bool last =
            number >= to || std::ranges::any_of(together, [](const ViewBuilder* builder) {
              return builder->is_full();
            });
        if (last) {
          const Hash256 hash = leaf_hash(bytes);
          for (ViewBuilder* const builder : together)
            builder->next_.last = hash;
        }
        for (ViewBuilder* const builder : together)
          builder->next_.commit = number;
        return !last;
      });
  return sound.ok() ? read : sound;
}

// What one cannot fold is its own trouble: the others go on.
void ViewBuilder::take(const PageView& page) {
  if (folded_.ok()) folded_ = fold_page(page);
}

bool ViewBuilder::is_full() const {
  return !folded_.ok() || batch_events_ >= options_.batch_events ||
         view_->pending_bytes() >= options_.batch_bytes;
}

Status ViewBuilder::end_batch() {
  if (!folded_.ok()) return folded_;
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

Status ViewBuilder::fold_page(const PageView& page) {
  const PageHeader& header = page.header();
  const BookNumber book{header.book};
  Status status;
  page.for_each_decision([&](const DecisionView& decision) {
    if (status.ok()) status = view_->fold(book, decision, *earlier_);
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
