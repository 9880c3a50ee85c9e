#include "events/log/page_builder.h"

#include "events/base/assert.h"

namespace kontor {

void PageBuilder::begin(BookNumber book, Sequence first) {
  KONTOR_ASSERT(empty());
  KONTOR_ASSERT(first.value() != 0);
  book_ = book;
  first_ = first;
  next_ = first;
  events_ = 0;
  buffer_.resize(sizeof(PageHeader));
  written_ = sizeof(PageHeader);
}

void PageBuilder::clear() {
  buffer_.clear();
  written_ = 0;
  decisions_ = 0;
  events_ = 0;
}

void PageBuilder::decision_written() {
  KONTOR_ASSERT(buffer_.size() >= written_ + sizeof(DecisionHeader));
  const DecisionView decision(buffer_.data() + written_);
  const DecisionHeader& header = decision.header();
  KONTOR_ASSERT(header.bytes == buffer_.size() - written_);
  KONTOR_ASSERT(header.bytes % 8 == 0);
  KONTOR_ASSERT(header.first_sequence == next_.value());
  KONTOR_ASSERT(header.event_count > 0);
  const Timestamp recorded{header.recorded_at};
  KONTOR_ASSERT(empty() || recorded > recorded_last_);
  if (empty()) recorded_first_ = recorded;
  recorded_last_ = recorded;
  next_ = Sequence{next_.value() + header.event_count};
  events_ += header.event_count;
  decisions_ += 1;
  written_ = buffer_.size();
}

std::span<const std::byte> PageBuilder::seal(PageChain& chain, const CommitStamp& stamp) {
  KONTOR_ASSERT(!empty());
  KONTOR_ASSERT(buffer_.size() == written_);  // no half-written decision behind the last one
  KONTOR_ASSERT(chain.book == book_);
  KONTOR_ASSERT(chain.last_sequence.value() + 1 == first_.value());
  KONTOR_ASSERT(chain.last_recorded < recorded_first_);
  KONTOR_ASSERT(stamp.epoch.value() != 0 && stamp.number.value() != 0);

  for_each_decision([&](const DecisionView& decision) {
    KONTOR_ASSERT(check_decision(decision.bytes()).ok());
    chain.tree.append(leaf_hash(decision.bytes()));
  });
  chain.pages += 1;
  chain.decisions += decisions_;
  chain.last_sequence = Sequence{next_.value() - 1};
  chain.last_recorded = recorded_last_;
  KONTOR_ASSERT(chain.tree.size() == chain.decisions);

  PageHeader header;
  header.book = book_.value();
  header.generation = stamp.generation;
  header.epoch = stamp.epoch.value();
  header.commit = stamp.number.value();
  header.page_number = chain.pages;
  header.durable_watermark = chain.durable_watermark.value();
  header.first_sequence = first_.value();
  header.decision_count = decisions_;
  header.event_count = events_;
  header.recorded_first = recorded_first_.value();
  header.recorded_last = recorded_last_.value();
  header.tree_size = chain.tree.size();
  header.tree_root = chain.tree.root();
  const std::span<std::byte> page{buffer_.data(), written_};
  seal_page(header, page);
  return page;
}

std::span<const std::byte> seal_commit(std::span<const CommitPage> pages, const CommitStamp& stamp,
                                       AlignedBuffer& scratch) {
  KONTOR_ASSERT(!pages.empty());
  if (pages.size() == 1) return pages.front().page->seal(*pages.front().chain, stamp);
  scratch.clear();
  for (const CommitPage& page : pages) {
    scratch.append(page.page->seal(*page.chain, stamp));
  }
  return scratch.bytes();
}

}  // namespace kontor
