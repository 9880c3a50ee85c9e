// How orders are put into bytes and taken back, and what must hold of them.
#include <algorithm>

#include "events/base/limits.h"
#include "projections/fold.h"
#include "projections/load_check.h"
#include "projections/orders.h"

namespace kontor {

void Orders::save(Sink& out) const {
  names_.save(out);
  words_.save(out);
  cancellations_.save(out);
  amendments_.save(out);
  index_.save(out);
  out.pods(orders_);
  out.pods(lines_);
  out.pod(std::uint64_t{free_lines_.size()});
  for (const auto& [length, runs] : free_lines_) {
    out.pod(length);
    out.pods(runs);
  }
  returns_.save(out);
  out.pod(settled_kept_);
  out.pod(std::uint64_t{touches_.size()});
  for (const Touch& touch : touches_) {
    out.pod(touch.position);
    out.pod(touch.order);
  }
  settled_.save(out);
}

void Orders::load(Source& in) {
  *this = Orders{};
  names_.load(in);
  words_.load(in);
  cancellations_.load(in);
  amendments_.load(in);
  index_.load(in);
  in.pods(orders_);
  in.pods(lines_);
  for (std::uint64_t left = in.size_of_run(12); left > 0 && in.ok(); --left) {
    std::uint32_t length = 0;
    in.pod(length);
    in.pods(free_lines_[length]);
  }
  returns_.load(in);
  in.pod(settled_kept_);
  for (std::uint64_t left = in.size_of_run(sizeof(Touch)); left > 0 && in.ok(); --left) {
    Touch& touch = touches_.emplace_back();
    in.pod(touch.position);
    in.pod(touch.order);
  }
  settled_.load(in);
  if (!in.ok()) return;
  bool sound = orders_.size() == names_.places() && index_.size() == names_.size() &&
               settled_kept_ <= limits::kSettledKeptMax;
  index_.for_each([&](std::uint64_t key, std::uint32_t at) {
    sound = sound && at < orders_.size() && orders_[at].ref == key;
  });
  for (std::uint32_t at = 0; at < orders_.size(); ++at) {
    const Order& order = orders_[at];
    sound = sound && (order.ref == 0) == names_.name(at).empty() &&
            is_run(order.first_line, order.line_count, lines_.size()) &&
            is_place_or_none(order.region, words_.size()) &&
            is_place_or_none(order.country, words_.size()) &&
            is_place_or_none(order.cost_centre, words_.size()) &&
            order.credit_from <= CreditFrom::MAX;
  }
  in.expect(sound && lines_are_sound() && touches_are_sound());
}

bool Orders::lines_are_sound() const {
  std::vector<bool> used(lines_.size());
  std::size_t seen = 0;
  const auto take = [&](std::uint32_t first, std::uint32_t count) {
    if (!is_run(first, count, lines_.size())) return false;
    for (std::uint32_t at = first; at < first + count; ++at) {
      if (used[at]) return false;
      used[at] = true;
    }
    seen += count;
    return true;
  };
  for (const Order& order : all()) {
    if (!take(order.first_line, order.line_count)) return false;
  }
  for (const auto& [length, runs] : free_lines_) {
    if (length == 0 || runs.empty()) return false;
    for (const std::uint32_t first : runs) {
      if (!take(first, length)) return false;
    }
  }
  return seen == lines_.size();
}

// Each names an order that is there: one leaves only when its last touch is looked at.
bool Orders::touches_are_sound() const {
  std::uint64_t before = 0;
  for (const Touch& touch : touches_) {
    if (touch.position <= before || !index_.find(touch.order)) return false;
    before = touch.position;
  }
  return settled_kept_ != 0 || touches_.empty();
}

Status Orders::check_invariants() const {
  const Quantity none;
  for (const Order& order : all()) {
    if (order.failed_at != 0 && order.credit == CreditState::kTaken) {
      return broken("a failed order that counts: " + std::string(name(order)));
    }
    for (const OrderLineState& l : lines(order)) {
      const std::string where = " in order " + std::string(name(order));
      if (l.open() < none || l.delivered() < none || l.billed() < none) {
        return broken("a box below zero" + where);
      }
      if (l.cancelled + l.voided + l.open() + l.delivered() + l.billed() + l.returned_unbilled !=
          l.ordered) {
        return broken("boxes that do not add up" + where);
      }
      if (order.failed_at != 0 && l.reserved + l.backordered != none) {
        return broken("a failed order that holds or waits for stock" + where);
      }
      if (l.ordered - l.cancelled - l.voided > l.valued) {
        return broken("units that are worth nothing" + where);
      }
      if (l.reserved < none || l.backordered < none ||
          l.reserved > l.ordered - l.cancelled - l.voided - l.shipped) {
        return broken("reserved beyond what is left" + where);
      }
      if (l.returned > l.shipped || l.returned_unbilled > l.returned || l.credited < none ||
          l.credited > l.returned - l.returned_unbilled ||
          l.returned - l.returned_unbilled > l.billed()) {
        return broken("more back than went out" + where);
      }
    }
  }
  if (!lines_are_sound()) return broken("lines of orders that overlap, or are nobody's");
  if (!touches_are_sound()) return broken("the order in which orders were touched");
  return returns_.check_invariants();
}

}  // namespace kontor
