#include "events/log/page_chain.h"

#include <string>

namespace kontor {
namespace {

Error differs(const PageChain& chain, std::string what) {
  return {ErrorKind::kCorrupt, "book " + std::to_string(chain.book.value()) + ", page " +
                                   std::to_string(chain.pages + 1) + ": " + std::move(what)};
}

std::string found(std::string_view what, std::uint64_t is, std::uint64_t should) {
  return std::string(what) + " is " + std::to_string(is) + ", not " + std::to_string(should);
}

}  // namespace

Status PageChain::follow(const PageView& page) {
  const PageHeader& header = page.header();
  if (header.book != book.value()) {
    return differs(*this, found("book", header.book, book.value()));
  }
  if (header.page_number != pages + 1) {
    return differs(*this, found("page number", header.page_number, pages + 1));
  }
  if (header.first_sequence != last_sequence.value() + 1) {
    return differs(*this,
                   found("first sequence", header.first_sequence, last_sequence.value() + 1));
  }
  if (header.recorded_first <= last_recorded.value()) {
    return differs(*this, "recorded before the page in front of it");
  }
  if (header.durable_watermark < durable_watermark.value() ||
      header.durable_watermark > last_sequence.value()) {
    return differs(*this, "durable watermark " + std::to_string(header.durable_watermark) +
                              " is not between the last one and the events before the page");
  }
  if (header.tree_size != decisions + header.decision_count) {
    return differs(*this, found("tree size", header.tree_size, decisions + header.decision_count));
  }

  MerkleFrontier grown = tree;
  page.for_each_decision(
      [&](const DecisionView& decision) { grown.append(leaf_hash(decision.bytes())); });
  if (grown.root() != header.tree_root) return differs(*this, "tree root differs");

  pages += 1;
  decisions += header.decision_count;
  last_sequence = Sequence{header.first_sequence + header.event_count - 1};
  durable_watermark = Sequence{header.durable_watermark};
  last_recorded = Timestamp{header.recorded_last};
  tree = grown;
  return {};
}

}  // namespace kontor
