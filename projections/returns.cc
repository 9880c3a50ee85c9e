#include "projections/returns.h"

#include <algorithm>

#include "stock_generated.h"

#include "projections/fold.h"
#include "projections/load_check.h"

namespace kontor {

void Returns::add(const Envelope& by, const GoodsReturned& event) {
  const std::uint32_t index = names_.add(view(event.return_()));
  KONTOR_ASSERT(index == returns_.size());
  index_.set(by.sequence.value(), index);
  Return one;
  one.ref = by.sequence.value();
  one.order = event.order();
  one.first_part = static_cast<std::uint32_t>(parts_.size());
  for (const ReturnedLine& line : run(event.lines())) {
    const bool first = parts_.size() == one.first_part || parts_.back().line != line.line();
    if (first) parts_.push_back({Quantity{0}, Quantity{0}, line.line(), line.item()});
    parts_.back().billed += Quantity{line.quantity()} - Quantity{line.unbilled()};
  }
  one.part_count = static_cast<std::uint32_t>(parts_.size()) - one.first_part;
  returns_.push_back(one);
}

void Returns::credit(ReturnRef ref, std::uint32_t line, Quantity quantity) {
  const Return* const one = find(ref);
  KONTOR_ASSERT(one != nullptr);
  const auto begin = parts_.begin() + one->first_part;
  const auto end = begin + one->part_count;
  const auto part = std::find_if(begin, end, [&](const ReturnedPart& p) { return p.line == line; });
  KONTOR_ASSERT(part != end);
  part->credited += quantity;
}

const Return* Returns::find(std::string_view name) const {
  const auto index = names_.find(name);
  return index ? &returns_[*index] : nullptr;
}

const Return* Returns::find(ReturnRef ref) const {
  const auto index = index_.find(ref.value());
  return index ? &returns_[*index] : nullptr;
}

std::string_view Returns::name(const Return& one) const {
  return names_.name(static_cast<std::uint32_t>(&one - returns_.data()));
}

void Returns::save(Sink& out) const {
  names_.save(out);
  index_.save(out);
  out.pods(returns_);
  out.pods(parts_);
}

void Returns::load(Source& in) {
  names_.load(in);
  index_.load(in);
  in.pods(returns_);
  in.pods(parts_);
  if (!in.ok()) return;
  in.expect(returns_.size() == names_.size() && is_index_of(index_, returns_));
  for (const Return& one : returns_)
    in.expect(is_run(one.first_part, one.part_count, parts_.size()));
}

Status Returns::check_invariants() const {
  const Quantity none;
  for (const ReturnedPart& part : parts_) {
    if (part.billed < none || part.credited < none || part.credited > part.billed) {
      return broken("more credited of a return than came back of it");
    }
  }
  return {};
}

}  // namespace kontor
