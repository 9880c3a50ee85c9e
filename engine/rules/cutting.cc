#include "engine/rules/cutting.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/rules/smallest.h"

namespace kontor {
namespace {

// The run of units cancelled ends where the earlier cancellations began (engine/rules/taking.cc).
Minor worth_of(const OrderLineState& line, Quantity quantity) {
  const Quantity to = line.ordered - line.cancelled - line.voided;
  return line.gross_of(to) - line.gross_of(to - quantity);
}

// The smallest quantity the item is sold in that is worth as much; nothing: all of it is not.
std::optional<Quantity> part_of_line(const Book& book, const OrderLineState& line, Minor worth) {
  std::int64_t step = kQuantityUnit;
  for (int i = 0; i < book.catalogue().item(ItemId{line.item}).decimals; ++i)
    step /= 10;
  const auto steps = smallest(0, line.open().value() / step, 0, [&](auto count) {
    return worth_of(line, Quantity{count * step}) >= worth;
  });
  if (!steps) return std::nullopt;
  return Quantity{*steps * step};
}

}  // namespace

Minor worth_of(const Book& book, const Order& order, const std::vector<Quantity>& cancelled) {
  const auto lines = book.orders().lines(order);
  Minor sum;
  for (std::size_t i = 0; i < lines.size(); ++i)
    sum += worth_of(lines[i], cancelled[i]);
  return sum;
}

std::vector<Quantity> cut_for(const Book& book, const Order& order, Minor worth) {
  const auto lines = book.orders().lines(order);
  std::vector<Quantity> out(lines.size(), Quantity{0});
  std::optional<std::size_t> best;
  Minor best_worth;
  Quantity best_part;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto part = part_of_line(book, lines[i], worth);
    if (!part) continue;
    const Minor is_worth = worth_of(lines[i], *part);
    if (best && best_worth <= is_worth) continue;
    best = i;
    best_worth = is_worth;
    best_part = *part;
  }
  if (best) {
    out[*best] = best_part;
    return out;
  }
  Minor missing = worth;
  for (std::size_t i = lines.size(); i-- > 0 && missing > Minor{0};) {
    const auto part = part_of_line(book, lines[i], missing);
    out[i] = part.value_or(lines[i].open());
    missing -= worth_of(lines[i], out[i]);
  }
  if (missing > Minor{0}) return {};
  // The last part taken may be more than was missing: then less of the others is enough.
  for (std::size_t i = lines.size(); i-- > 0 && missing < Minor{0};) {
    if (out[i] == Quantity{0}) continue;
    const Minor before = worth_of(lines[i], out[i]);
    const Minor wanted = before + missing;
    out[i] =
        wanted > Minor{0} ? part_of_line(book, lines[i], wanted).value_or(out[i]) : Quantity{0};
    missing += before - worth_of(lines[i], out[i]);
  }
  return out;
}

std::vector<Quantity> only_needed(std::vector<Quantity> cut, const IsEnough& enough) {
  constexpr std::ptrdiff_t kLinesTried = 16;
  const auto is_cut = [](Quantity quantity) { return quantity > Quantity{0}; };
  std::ptrdiff_t lines = std::count_if(cut.begin(), cut.end(), is_cut);
  if (lines > kLinesTried) return cut;
  for (Quantity& quantity : cut) {
    if (lines == 1 || !is_cut(quantity)) continue;
    const Quantity cancelled = std::exchange(quantity, Quantity{0});
    if (enough(cut)) {
      --lines;
    } else {
      quantity = cancelled;
    }
  }
  return cut;
}

}  // namespace kontor
