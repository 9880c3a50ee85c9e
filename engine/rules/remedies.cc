#include "engine/rules/remedies.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "engine/rules/accounts.h"
#include "engine/rules/budgets.h"
#include "engine/rules/cutting.h"
#include "engine/rules/smallest.h"
#include "events/base/limits.h"

namespace kontor {
namespace {

// The same condition of a rule, whatever it says: an expired limit set anew is still a limit.
bool same_reason(const Cause& a, const Cause& b) {
  const bool same_rule = a.rule == b.rule && (a.rule.value() != 0 || a.code == b.code);
  return same_rule && a.line == b.line && a.subject_kind == b.subject_kind &&
         a.subject == b.subject && a.unit == b.unit && a.name == b.name;
}

// Facts that a look may take for put right: what it refuses for them is all that follows from them.
bool can_be_put_right(const Book& book, const Cause& cause) {
  switch (cause.code) {
    case ReasonCode::short_stock:
    case ReasonCode::company_blocked:
    case ReasonCode::item_inactive:
    case ReasonCode::cost_centre_inactive:
    case ReasonCode::not_in_assortment:
      return cause.rule.value() == 0;
    case ReasonCode::no_budget:  // of a cost centre that is named
      return book.budgets().find_cost_centre(cause.name).has_value();
    default:
      return false;
  }
}

// Takes what a remedy says for so.
void suppose(Supposition& out, const Remedy& remedy, const Waiting& waiting) {
  switch (remedy.kind) {
    case RemedyKind::kPayment:
      out.paid = remedy.amount;
      return;
    case RemedyKind::kLimit:
      out.limits.push_back({remedy.company, remedy.amount});
      return;
    case RemedyKind::kBudget:
      out.budgets.push_back({remedy.budget, remedy.amount});
      return;
    case RemedyKind::kSpendingLimit:
      out.period_limit = remedy.amount;
      return;
    case RemedyKind::kDate:
      out.today = remedy.date;
      return;
    case RemedyKind::kStock:
    case RemedyKind::kSetting:
      out.put_right.push_back(remedy.fact);
      return;
    case RemedyKind::kCancellation:
      out.cancelled.assign(waiting.order()->line_count, Quantity{0});
      for (const RemedyLine& line : remedy.lines)
        out.cancelled[line.line - 1] = line.quantity;
      out.cancelled_worth = remedy.amount;
      return;
    case RemedyKind::kRelease:
      return;
  }
}

class Search {
 public:
  explicit Search(const Waiting& waiting)
      : waiting_(waiting), book_(waiting.book()), reasons_(waiting.left({})) {}

  Remedies find() const;

 private:
  using Reasons = std::vector<std::size_t>;
  using Enough = std::function<bool(const Supposition&)>;

  const std::vector<Cause>& reasons() const { return reasons_.list(); }
  Supposition with(Supposition base, const Remedy& remedy) const {
    suppose(base, remedy, waiting_);
    return base;
  }
  bool releases(const Supposition& supposed) const { return waiting_.left(supposed).empty(); }
  Reasons cleared_by(const Supposition& supposed) const;
  bool clears(const Supposition& supposed, std::size_t reason) const;

  // The smallest remedy of a kind for which `enough` says yes; of: the reason to look at first.
  std::optional<Remedy> find_one(RemedyKind kind, const Cause& of, const Supposition& base,
                                 const Enough& enough) const;
  std::optional<Remedy> find_payment(const Cause& of, const Supposition& base,
                                     const Enough& enough) const;
  std::optional<Remedy> find_cancellation(const Cause& of, const Supposition& base,
                                          const Enough& enough) const;
  std::optional<Remedy> find_cancelled_line(const Cause& of, const Supposition& base,
                                            const Enough& enough) const;
  std::optional<Remedy> find_date(const Supposition& base, const Enough& enough) const;
  std::optional<Remedy> find_setting(RemedyKind kind, const Cause& of, const Supposition& base,
                                     const Enough& enough) const;
  // A limit, budget or spending limit, with `amount` as it is now.
  std::optional<Remedy> threshold_of(RemedyKind kind, const Cause& of) const;
  std::optional<Remedy> find_threshold(RemedyKind kind, const Cause& of, const Supposition& base,
                                       const Enough& enough) const;
  Quantity missing_stock(const Cause& of) const;
  Remedy cancellation_of(const std::vector<Quantity>& cancelled) const;

  Reasons reasons_but(const Reasons& cleared) const;
  void put_in_pairs(Remedies& out) const;
  void put_everything_right(Remedies& out) const;
  bool release_in_turn(const std::vector<Remedy>& all) const;
  std::optional<Remedy> setting_for(const Cause& of) const;

  const Waiting& waiting_;
  const Book& book_;
  const Causes reasons_;
};

Search::Reasons Search::cleared_by(const Supposition& supposed) const {
  const Causes left = waiting_.left(supposed);
  Reasons out;
  for (std::size_t i = 0; i < reasons().size(); ++i) {
    const bool stays = std::any_of(left.list().begin(), left.list().end(), [&](const Cause& cause) {
      return same_reason(cause, reasons()[i]);
    });
    if (!stays) out.push_back(i);
  }
  return out;
}

bool Search::clears(const Supposition& supposed, std::size_t reason) const {
  const Reasons cleared = cleared_by(supposed);
  return std::find(cleared.begin(), cleared.end(), reason) != cleared.end();
}

// ---- the kinds ----------------------------------------------------------------------------------

// All the payer owes, or as much as any reason is about: a limit up the tree may be missed by more.
std::optional<Remedy> Search::find_payment(const Cause& of, const Supposition& base,
                                           const Enough& enough) const {
  const OrderFacts& facts = waiting_.facts();
  if (!is_set(facts.payer)) return std::nullopt;
  const Account& account = book_.credit().account(facts.payer);
  const Minor owed = account.bucket(Bucket::ordered) + account.bucket(Bucket::delivered) +
                     account.bucket(Bucket::receivable) + facts.need;
  Int128 over = 0;
  for (const Cause& reason : reasons()) {
    if (reason.unit == Unit::money) over = std::max(over, Int128{reason.found} - reason.allowed);
  }
  const Int128 most = std::min(Int128{owed.value()} + over + 1, Int128{limits::kSumMax});
  const std::int64_t hint = saturated(Int128{of.found} - of.allowed).value();
  Supposition supposed = base;
  const auto amount = smallest(0, saturated(most).value(), hint, [&](auto paid) {
    supposed.paid = Minor{paid};
    return enough(supposed);
  });
  if (!amount) return std::nullopt;
  Remedy out;
  out.kind = RemedyKind::kPayment;
  out.company = facts.payer;
  out.amount = Minor{*amount};
  return out;
}

std::optional<Remedy> Search::threshold_of(RemedyKind kind, const Cause& of) const {
  const OrderFacts& facts = waiting_.facts();
  Remedy out;
  out.kind = kind;
  if (kind == RemedyKind::kLimit) {
    if (of.rule.value() == 0 || !is_set(facts.payer)) return std::nullopt;
    const bool of_company = of.subject_kind == Subject::company;
    out.company = of_company ? CompanyId{static_cast<std::uint32_t>(of.subject)} : facts.payer;
    const auto limit = limit_in_force(book_, out.company).limit;
    out.amount = std::max(limit.value_or(Minor{0}), Minor{0});
    return out;
  }
  if (kind == RemedyKind::kBudget) {
    if (of.subject_kind != Subject::budget) return std::nullopt;
    out.budget = BudgetId{static_cast<std::uint32_t>(of.subject)};
    out.amount = book_.budgets().budget(out.budget).amount;
    return out;
  }
  const bool by_period =
      of.subject_kind == Subject::buyer && is_set(facts.buyer) && of.subject == facts.buyer.value();
  if (!by_period) return std::nullopt;
  const auto limit = book_.parties().buyer(facts.buyer).period_limit;
  if (!limit) return std::nullopt;
  out.buyer = facts.buyer;
  out.amount = *limit;
  return out;
}

std::optional<Remedy> Search::find_threshold(RemedyKind kind, const Cause& of,
                                             const Supposition& base, const Enough& enough) const {
  auto out = threshold_of(kind, of);
  if (!out) return std::nullopt;
  const auto amount = smallest(out->amount.value(), limits::kSumMax, of.found, [&](auto wanted) {
    out->amount = Minor{wanted};
    return enough(with(base, *out));
  });
  if (!amount) return std::nullopt;
  out->amount = Minor{*amount};
  return out;
}

Remedy Search::cancellation_of(const std::vector<Quantity>& cancelled) const {
  Remedy out;
  out.kind = RemedyKind::kCancellation;
  out.amount = worth_of(book_, *waiting_.order(), cancelled);
  for (std::uint32_t i = 0; i < cancelled.size(); ++i) {
    if (cancelled[i] > Quantity{0}) out.lines.push_back({i + 1, cancelled[i]});
  }
  return out;
}

std::optional<Remedy> Search::find_cancellation(const Cause& of, const Supposition& base,
                                                const Enough& enough) const {
  const Order* const order = waiting_.order();
  if (order == nullptr) return std::nullopt;
  if (of.rule.value() == 0) return find_cancelled_line(of, base, enough);
  const Minor all = waiting_.facts().need + waiting_.facts().deposit;
  const std::int64_t hint = saturated(Int128{of.found} - of.allowed).value();
  const auto worth = smallest(0, all.value() - 1, hint, [&](auto amount) {
    const std::vector<Quantity> cut = cut_for(book_, *order, Minor{amount});
    return !cut.empty() && enough(with(base, cancellation_of(cut)));
  });
  if (!worth) return std::nullopt;
  const std::vector<Quantity> cut = only_needed(
      cut_for(book_, *order, Minor{*worth}),
      [&](const std::vector<Quantity>& less) { return enough(with(base, cancellation_of(less))); });
  Remedy out = cancellation_of(cut);
  if (out.amount >= all) return std::nullopt;  // nothing would be left to release
  return out;
}

// What a line lacks, or all of it.
std::optional<Remedy> Search::find_cancelled_line(const Cause& of, const Supposition& base,
                                                  const Enough& enough) const {
  const auto lines = book_.orders().lines(*waiting_.order());
  const bool of_line = of.code == ReasonCode::short_stock || of.code == ReasonCode::item_inactive;
  if (!of_line || of.line == 0 || of.line > lines.size()) return std::nullopt;
  std::vector<Quantity> cut(lines.size(), Quantity{0});
  cut[of.line - 1] = of.code == ReasonCode::short_stock ? Quantity{of.allowed - of.found}
                                                        : lines[of.line - 1].open();
  Quantity left;
  for (std::size_t i = 0; i < lines.size(); ++i)
    left += lines[i].open() - cut[i];
  Remedy out = cancellation_of(cut);
  if (left <= Quantity{0} || !enough(with(base, out))) return std::nullopt;
  return out;
}

// Days on which something changes by itself: a rule that holds or refuses ends, one that excludes
// or approves begins.
std::optional<Remedy> Search::find_date(const Supposition& base, const Enough& enough) const {
  const Date today = book_.calendar().business_date();
  std::vector<Date> days = days_spending_may_ease(book_, waiting_.facts());
  for (std::uint32_t i = 0; i < book_.rules().count(); ++i) {
    const RuleVersion& rule = book_.rules().current(RuleId{i});
    if (rule.withdrawn) continue;
    const bool stops = rule.outcome == Outcome::hold || rule.outcome == Outcome::refuse;
    if (stops && rule.valid_to >= today) days.emplace_back(rule.valid_to.value() + 1);
    if (rule.outcome == Outcome::exclude && rule.valid_from > today) {
      days.push_back(rule.valid_from);
    }
  }
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  constexpr std::size_t kDaysMax = 32;
  if (days.size() > kDaysMax) days.resize(kDaysMax);
  for (const Date day : days) {
    Remedy out;
    out.kind = RemedyKind::kDate;
    out.date = day;
    if (enough(with(base, out))) return out;
  }
  return std::nullopt;
}

// Of all lines of the item.
Quantity Search::missing_stock(const Cause& of) const {
  Quantity sum;
  for (const Cause& reason : reasons()) {
    if (reason.code == of.code && reason.name == of.name)
      sum += Quantity{reason.allowed - reason.found};
  }
  return sum;
}

std::optional<Remedy> Search::find_setting(RemedyKind kind, const Cause& of,
                                           const Supposition& base, const Enough& enough) const {
  const bool of_stock = of.code == ReasonCode::short_stock;
  if (!can_be_put_right(book_, of) || of_stock != (kind == RemedyKind::kStock)) return std::nullopt;
  Remedy out;
  out.kind = kind;
  out.fact = {of.code, of.name};
  if (of_stock) out.quantity = missing_stock(of);
  if (!enough(with(base, out))) return std::nullopt;
  return out;
}

std::optional<Remedy> Search::find_one(RemedyKind kind, const Cause& of, const Supposition& base,
                                       const Enough& enough) const {
  switch (kind) {
    case RemedyKind::kPayment:
      return find_payment(of, base, enough);
    case RemedyKind::kLimit:
    case RemedyKind::kBudget:
    case RemedyKind::kSpendingLimit:
      return find_threshold(kind, of, base, enough);
    case RemedyKind::kCancellation:
      return find_cancellation(of, base, enough);
    case RemedyKind::kDate:
      return find_date(base, enough);
    case RemedyKind::kStock:
    case RemedyKind::kSetting:
      return find_setting(kind, of, base, enough);
    case RemedyKind::kRelease:
      return std::nullopt;
  }
  return std::nullopt;
}

// ---- all of them --------------------------------------------------------------------------------

constexpr std::array kKinds = {RemedyKind::kPayment,      RemedyKind::kLimit,
                               RemedyKind::kCancellation, RemedyKind::kDate,
                               RemedyKind::kBudget,       RemedyKind::kSpendingLimit,
                               RemedyKind::kStock,        RemedyKind::kSetting};

bool is_threshold(RemedyKind kind) {
  return kind == RemedyKind::kLimit || kind == RemedyKind::kBudget ||
         kind == RemedyKind::kSpendingLimit;
}
bool is_set_anew(RemedyKind kind) {
  return is_threshold(kind) || kind == RemedyKind::kStock || kind == RemedyKind::kSetting;
}

bool is_same(const Remedy& a, const Remedy& b) {
  return a.kind == b.kind && a.amount == b.amount && a.company == b.company &&
         a.budget == b.budget && a.date == b.date && a.fact.code == b.fact.code &&
         a.fact.name == b.fact.name;
}

bool is_known(const std::vector<Remedy>& remedies, const Remedy& other) {
  return std::any_of(remedies.begin(), remedies.end(),
                     [&](const Remedy& known) { return is_same(known, other); });
}

// The same remedies, found in another order.
bool is_known(const std::vector<std::vector<Remedy>>& sets, const std::vector<Remedy>& other) {
  return std::any_of(sets.begin(), sets.end(), [&](const std::vector<Remedy>& known) {
    return known.size() == other.size() &&
           std::all_of(other.begin(), other.end(),
                       [&](const Remedy& remedy) { return is_known(known, remedy); });
  });
}

Search::Reasons Search::reasons_but(const Reasons& cleared) const {
  Reasons out;
  for (std::size_t i = 0; i < reasons().size(); ++i) {
    if (std::find(cleared.begin(), cleared.end(), i) == cleared.end()) out.push_back(i);
  }
  return out;
}

// One that clears something, then the smallest of another kind that clears the rest.
void Search::put_in_pairs(Remedies& out) const {
  const auto enough = [&](const Supposition& supposed) { return releases(supposed); };
  for (const Remedy& first : out.remedies) {
    if (first.releases) continue;
    Supposition base = with({}, first);
    waiting_.let_others_take(base);
    const Reasons left = reasons_but(first.clears);
    if (left.empty()) continue;  // another reason would come up
    for (const RemedyKind kind : kKinds) {
      if (kind == first.kind) continue;
      auto second = find_one(kind, reasons()[left.front()], base, enough);
      if (!second || is_known(out.together, {first, *second})) continue;
      second->clears.insert(second->clears.end(), left.begin(), left.end());
      out.together.push_back({first, std::move(*second)});
    }
  }
}

// What is to be set for a reason: a limit or budget, as it is now, or a fact.
std::optional<Remedy> Search::setting_for(const Cause& of) const {
  for (const RemedyKind kind :
       {RemedyKind::kLimit, RemedyKind::kBudget, RemedyKind::kSpendingLimit}) {
    auto threshold = threshold_of(kind, of);
    const bool is_its =
        threshold && (kind != RemedyKind::kLimit || of.subject_kind == Subject::company);
    if (is_its) return threshold;
  }
  const auto any = [](const Supposition&) { return true; };
  auto stock = find_setting(RemedyKind::kStock, of, {}, any);
  return stock ? stock : find_setting(RemedyKind::kSetting, of, {}, any);
}

// Done one after the other, so that others take what each frees.
bool Search::release_in_turn(const std::vector<Remedy>& all) const {
  Supposition supposed;
  for (const Remedy& remedy : all) {
    suppose(supposed, remedy, waiting_);
    if (&remedy != &all.back()) waiting_.let_others_take(supposed);
  }
  return releases(supposed);
}

// Reason after reason, until none is left; then each limit and budget as low as may be while the
// others are as they have been found.
void Search::put_everything_right(Remedies& out) const {
  const bool one_does =
      std::any_of(out.remedies.begin(), out.remedies.end(),
                  [](const Remedy& remedy) { return remedy.releases && is_set_anew(remedy.kind); });
  if (one_does) return;
  std::vector<Remedy> all;
  std::vector<Minor> now;  // of each limit and budget
  Supposition supposed;
  while (true) {
    const Causes left = waiting_.left(supposed);
    if (left.empty()) break;
    auto next = setting_for(left.list().front());
    if (!next) return;
    now.push_back(
        std::exchange(next->amount, is_threshold(next->kind) ? Minor{limits::kSumMax} : Minor{0}));
    if (is_known(all, *next)) return;
    suppose(supposed, *next, waiting_);
    all.push_back(std::move(*next));
  }
  if (all.size() < 2 || !release_in_turn(all)) return;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!is_threshold(all[i].kind)) continue;
    const auto amount = smallest(now[i].value(), limits::kSumMax, 0, [&](auto wanted) {
      all[i].amount = Minor{wanted};
      return release_in_turn(all);
    });
    all[i].amount = Minor{amount.value_or(limits::kSumMax)};
  }
  if (!is_known(out.together, all)) out.together.push_back(std::move(all));
}

Remedies Search::find() const {
  Remedies out;
  out.reasons = reasons_;
  if (reasons().empty() || reasons().front().code == ReasonCode::amount_overflow) return out;
  for (const RemedyKind kind : kKinds) {
    for (std::size_t reason = 0; reason < reasons().size(); ++reason) {
      auto remedy = find_one(kind, reasons()[reason], {},
                             [&](const Supposition& supposed) { return clears(supposed, reason); });
      if (!remedy || is_known(out.remedies, *remedy)) continue;
      const Supposition supposed = with({}, *remedy);
      remedy->clears = cleared_by(supposed);
      remedy->releases = releases(supposed);
      out.remedies.push_back(std::move(*remedy));
    }
  }
  put_in_pairs(out);
  put_everything_right(out);
  return out;
}

}  // namespace

Remedies find_remedies(const Waiting& waiting) {
  return Search(waiting).find();
}

Remedies find_remedies(const Book& book, const Order& order) {
  Remedies out = find_remedies(HeldOrderWaits(book, order));
  if (out.reasons.empty() || out.reasons.list().front().code == ReasonCode::amount_overflow) {
    return out;
  }
  Remedy& release = out.remedies.emplace_back();
  release.kind = RemedyKind::kRelease;
  release.releases = true;
  for (std::size_t i = 0; i < out.reasons.list().size(); ++i)
    release.clears.push_back(i);
  return out;
}

}  // namespace kontor
