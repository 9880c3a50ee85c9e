// Figures of the order itself: what is ordered, by whom, for where and when.
#include <algorithm>
#include <set>

#include "engine/rules/figure_rows.h"
#include "engine/rules/policy.h"
#include "engine/rules/terms.h"

namespace kontor::figures {
namespace {

using Is = FigureReading::Is;

// Of what is invoiced on the day; without terms all of it at once.
Date last_due(const Book& book, TermsId id, Date day) {
  Date last = day;
  if (!is_set(id)) return last;
  for (const TermsLine& line : book.terms().terms(id).lines)
    last = std::max(last, due_date(line, day));
  return last;
}

// The orderer's, else the payer's, else the book's.
TermsId standard_terms(const Book& book, const OrderFacts& facts) {
  TermsId standard = book.parties().company(facts.company).terms;
  if (!is_set(standard)) standard = book.parties().company(facts.payer).terms;
  return is_set(standard) ? standard : book.terms().book_default();
}

constexpr std::int64_t kOrdersOfClassMin = 10;

}  // namespace

FigureReading total_with_tax(const Book& book, const OrderFacts& facts,
                             const RuleCondition& condition) {
  return money(book, condition, facts.total, facts.currency);
}

FigureReading total_without_tax(const Book& book, const OrderFacts& facts,
                                const RuleCondition& condition) {
  return money(book, condition, facts.net, facts.currency);
}

// The unit price of any line that the rule concerns; the first that matches is told.
FigureReading line_price(const Book& book, const OrderFacts& facts,
                         const RuleCondition& condition) {
  FigureReading out;
  const Int128 allowed = Int128{condition.amount} * kUnitPriceScale;
  for_each_line_in_scope(book, facts, [&](const FactLine& line) {
    if (out.is != Is::kNone) return;
    FigureReading here = money(book, condition, Minor{0}, facts.currency);
    if (here.is == Is::kNumber) {
      const Int128 above = Int128{line.unit_price} - allowed;
      const std::int64_t side = above > 0 ? 1 : above < 0 ? -1 : 0;
      here.is = compares(condition.op, side, 0) ? Is::kMatched : Is::kNone;
    }
    here.unit = Unit::unit_price;
    here.found = line.unit_price;
    here.allowed = saturated(allowed).value();
    here.line = line.number;
    here.subject_kind = Subject::item;
    here.subject = line.item.value();
    here.name = book.catalogue().name(line.item);
    if (here.is != Is::kNone) out = std::move(here);
  });
  return out;
}

// Of all lines that the order ever had, until they are priced anew.
FigureReading distinct_items(const Book& book, const OrderFacts& facts,
                             const RuleCondition& condition) {
  std::set<std::uint32_t> items;
  for (const OrderLine& line : facts.lines)
    items.insert(line.item());
  if (items.empty() && facts.order.value() != 0) {
    for (const OrderLineState& line : book.orders().lines(book.orders().get(facts.order)))
      items.insert(line.item);
  }
  return count(static_cast<std::int64_t>(items.size()), condition);
}

// Of the whole order, compared before it is rounded to grams.
FigureReading weight(const Book& book, const OrderFacts& facts, const RuleCondition& condition) {
  Int128 sum = 0;  // 10^-6 grams
  for_each_line(book, facts, [&](const FactLine& line) {
    sum += Int128{book.catalogue().item(line.item).weight_grams} * line.quantity.value();
  });
  const Int128 above = sum - Int128{condition.count} * kQuantityUnit;
  const std::int64_t side = above > 0 ? 1 : above < 0 ? -1 : 0;
  FigureReading out = count(saturated(sum / kQuantityUnit).value(), condition);
  out.is = compares(condition.op, side, 0) ? Is::kMatched : Is::kNone;
  return out;
}

// Of the whole order, what is not cancelled of it, without tax: the lines whose items are freight.
FigureReading freight(const Book& book, const OrderFacts& facts, const RuleCondition& condition) {
  Minor sum;
  for_each_line(book, facts, [&](const FactLine& line) {
    if (book.catalogue().item(line.item).freight) sum += line.net;
  });
  return money(book, condition, sum, facts.currency);
}

FigureReading terms(const Book& book, const OrderFacts& facts, const RuleCondition& condition) {
  if (!is_set(facts.terms)) return {};
  return name(book.terms().name(facts.terms), condition);
}

FigureReading settlement(const Book&, const OrderFacts& facts, const RuleCondition& condition) {
  return name(EnumNameSettlement(facts.settlement), condition);
}

// From the business date on; without a requested date as soon as can be, which is 0.
FigureReading days_to_requested_date(const Book& book, const OrderFacts& facts,
                                     const RuleCondition& condition) {
  const std::int64_t today = today_of(book, facts).value();
  const bool some_day = facts.requested_on != kNoDate;
  return days(some_day ? facts.requested_on.value() - today : 0, condition);
}

FigureReading ship_to_country(const Book& book, const OrderFacts& facts,
                              const RuleCondition& condition) {
  const std::string& own = book.parties().company(facts.company).country;
  return name(facts.country.empty() ? std::string_view(own) : facts.country, condition);
}

FigureReading recurring(const Book&, const OrderFacts& facts, const RuleCondition&) {
  return phrase(facts.recurring);
}

FigureReading cost_centre(const Book&, const OrderFacts& facts, const RuleCondition& condition) {
  return name(facts.cost_centre, condition);
}

// Any of those that reach the company.
FigureReading orderer_role(const Book& book, const OrderFacts& facts,
                           const RuleCondition& condition) {
  if (!is_set(facts.buyer)) return {};
  const auto& names = condition.names;
  return phrase(std::any_of(names.begin(), names.end(), [&](const std::string& role) {
    return book.parties().holds_role(facts.buyer, role, facts.company, true);
  }));
}

// The buyer's order limit is the threshold; the rule states none.
FigureReading over_order_limit(const Book& book, const OrderFacts& facts, const RuleCondition&) {
  if (!is_set(facts.buyer)) return {};
  const Buyer& buyer = book.parties().buyer(facts.buyer);
  const PolicyContext orderer{facts.company, facts.buyer};
  const bool zero = policy_is(book, PolicyKey::spending_absent_limit, orderer, "zero");
  if (!buyer.order_limit && !zero) return {};
  const Minor limit = buyer.order_limit.value_or(Minor{0});
  const bool comparable = buyer.currency == facts.currency;
  if (comparable && facts.total <= limit) return {};
  FigureReading out;
  out.is = comparable ? Is::kMatched : Is::kNotComparable;
  out.code = ReasonCode::over_order_limit;
  out.subject_kind = Subject::buyer;
  out.subject = facts.buyer.value();
  out.name = book.parties().name(facts.buyer);
  out.unit = Unit::money;
  out.currency = facts.currency;
  out.found = facts.total.value();
  out.allowed = limit.value();
  out.evidence.push_back(buyer.last_change);
  return out;
}

// Whether the last instalment of an order invoiced on the day it is placed falls due later.
FigureReading terms_longer_than_standard(const Book& book, const OrderFacts& facts,
                                         const RuleCondition&) {
  const TermsId standard = standard_terms(book, facts);
  if (facts.terms == standard) return {};
  const Date due = last_due(book, facts.terms, facts.placed_on);
  const Date by_standard = last_due(book, standard, facts.placed_on);
  if (due <= by_standard) return {};
  FigureReading out;
  out.is = Is::kMatched;
  out.code = ReasonCode::terms_longer_than_standard;
  out.subject_kind = Subject::terms;
  out.subject = facts.terms.value();
  out.name = book.terms().name(facts.terms);
  out.unit = Unit::date;
  out.found = due.value();
  out.allowed = by_standard.value();
  return out;
}

// With the order's own total among those of the class once it is placed. With fewer than ten there
// is no average: it counts as matched, but eases nothing.
FigureReading total_against_class_average(const Book& book, const OrderFacts& facts,
                                          const RuleCondition& condition) {
  const OrdersOfClass recent =
      book.class_averages().recent(facts.company, facts.currency, book.calendar().business_date());
  if (recent.count < kOrdersOfClassMin || recent.sum <= 0) {
    FigureReading out;
    out.is = Is::kNotComparable;
    out.unit = Unit::count;
    out.found = recent.count;
    out.allowed = kOrdersOfClassMin;
    return out;
  }
  return percent(Int128{facts.total.value()} * recent.count, recent.sum, condition);
}

}  // namespace kontor::figures
