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

// Whether the page is the next one, by all but its tree's root.
Status check_order(const PageChain& chain, const PageHeader& header) {
  if (header.book != chain.book.value()) {
    return differs(chain, found("book", header.book, chain.book.value()));
  }
  if (header.page_number != chain.pages + 1) {
    return differs(chain, found("page number", header.page_number, chain.pages + 1));
  }
  if (header.first_sequence != chain.last_sequence.value() + 1) {
    return differs(chain,
                   found("first sequence", header.first_sequence, chain.last_sequence.value() + 1));
  }
  if (header.recorded_first <= chain.last_recorded.value()) {
    return differs(chain, "recorded before the page in front of it");
  }
  if (header.durable_watermark < chain.durable_watermark.value() ||
      header.durable_watermark > chain.last_sequence.value()) {
    return differs(chain, "durable watermark " + std::to_string(header.durable_watermark) +
                              " is not between the last one and the events before the page");
  }
  if (header.tree_size != chain.decisions + header.decision_count) {
    return differs(chain,
                   found("tree size", header.tree_size, chain.decisions + header.decision_count));
  }
  return {};
}

void move_on(PageChain& chain, const PageHeader& header) {
  chain.pages += 1;
  chain.decisions += header.decision_count;
  chain.last_sequence = Sequence{header.first_sequence + header.event_count - 1};
  chain.durable_watermark = Sequence{header.durable_watermark};
  chain.last_recorded = Timestamp{header.recorded_last};
}

}  // namespace

Status PageChain::follow(const PageView& page) {
  const PageHeader& header = page.header();
  if (Status next = check_order(*this, header); !next.ok()) return next;
  MerkleFrontier grown = tree;
  page.for_each_decision(
      [&](const DecisionView& decision) { grown.append(leaf_hash(decision.bytes())); });
  if (grown.root() != header.tree_root) return differs(*this, "tree root differs");
  tree = grown;
  move_on(*this, header);
  return {};
}

Status PageChain::follow_unhashed(const PageView& page) {
  if (Status next = check_order(*this, page.header()); !next.ok()) return next;
  move_on(*this, page.header());
  return {};
}

}  // namespace kontor
