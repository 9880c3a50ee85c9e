#include "engine/rules/remedies.h"

#include <algorithm>
#include <array>
#include <functional>

#include "engine/rules/budgets.h"
#include "engine/rules/policy.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"

namespace kontor {
namespace {

// What is supposed; remedies put together are one supposition.
struct Supposition {
  Minor paid;
  std::optional<Minor> limit;
  std::vector<Quantity> cancelled;  // by line; empty: nothing
  Date today = kNoDate;
};

// The same condition of a rule, whatever it says: an expired limit set anew is still a limit.
bool same_reason(const Cause& a, const Cause& b) {
  return a.rule == b.rule && a.line == b.line && a.subject_kind == b.subject_kind &&
         a.subject == b.subject && a.unit == b.unit;
}

// The smallest value above `low` that passes, where `high` does and what passes goes on passing;
// `hint`: likely the answer. Nothing: not even `high` passes.
template <class Passes>
std::optional<std::int64_t> smallest(std::int64_t low, std::int64_t high, std::int64_t hint,
                                     Passes passes) {
  if (high <= low || !passes(high)) return std::nullopt;
  if (hint > low && hint < high) {
    (passes(hint) ? high : low) = hint;
    if (high == hint && hint - 1 > low) {
      (passes(hint - 1) ? high : low) = hint - 1;
    }
  }
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (passes(middle) ? high : low) = middle;
  }
  return high;
}

constexpr std::size_t kOlderMax = 50;  // held orders looked at before the one asked about

class Search {
 public:
  Search(const Book& book, const Order& order)
      : book_(book),
        order_(order),
        account_(book.credit().account(CompanyId{order.payer})),
        facts_(facts_of(book, order)),
        holds_(find_holds(book, order)) {}

  Remedies find();

 private:
  using Reasons = std::vector<std::size_t>;

  Holds holds_with(const Supposition& supposed) const;
  Minor taken_before(const Supposition& supposed, const Account& account) const;
  bool counts_when_released(const Order& order) const;
  Reasons cleared_by(const Supposition& supposed) const;
  bool clears(const Supposition& supposed, std::size_t reason) const;
  const std::vector<Cause>& reasons() const { return holds_.causes.list(); }

  // The smallest remedy of a kind for which `enough` says yes; `reason`: the one to look at first.
  using Enough = std::function<bool(const Supposition&)>;
  std::optional<Remedy> find_one(RemedyKind kind, std::size_t reason, const Supposition& base,
                                 const Enough& enough) const;
  std::optional<Remedy> find_payment(std::size_t reason, const Supposition& base,
                                     const Enough& enough) const;
  std::optional<Remedy> find_limit(std::size_t reason, const Supposition& base,
                                   const Enough& enough) const;
  std::optional<Remedy> find_cancellation(std::size_t reason, const Supposition& base,
                                          const Enough& enough) const;
  std::optional<Remedy> find_date(const Supposition& base, const Enough& enough) const;
  Supposition with(const Supposition& base, const Remedy& remedy) const;

  // What has to leave the order's worth, as lines: of one line if that is enough, else of the last.
  std::vector<Quantity> cut_for(Minor worth) const;
  std::optional<Quantity> part_of_line(const OrderLineState& line, Minor worth) const;
  Minor worth_of(const OrderLineState& line, Quantity quantity) const;
  Minor worth_of(const std::vector<Quantity>& cancelled) const;
  void put_together(Remedies& out) const;

  const Book& book_;
  const Order& order_;
  const Account& account_;
  const OrderFacts facts_;
  const Holds holds_;
};

Holds Search::holds_with(const Supposition& supposed) const {
  Account account = account_.as_if_paid(supposed.paid);
  if (supposed.limit) {
    account.limit = supposed.limit;
    account.expires = kNoDate;
  }
  OrderFacts facts = facts_;
  facts.need += taken_before(supposed, account);
  if (!supposed.cancelled.empty()) facts.need -= worth_of(supposed.cancelled);
  facts.supposed = {&account, supposed.today};
  return find_holds(book_, order_, facts);
}

// What older orders of the payer take first once something changes: held ones are looked at again
// oldest first. A cancellation is looked at alone.
Minor Search::taken_before(const Supposition& supposed, const Account& account) const {
  Minor taken;
  if (supposed.paid == Minor{0} && !supposed.limit && supposed.today == kNoDate) return taken;
  std::size_t looked = 0;
  for (const auto& [birth, held] : account_.held()) {
    if (birth >= order_.ref || ++looked > kOlderMax) break;
    if (held.forced) continue;
    const Order& older = book_.orders().get(held.order);
    OrderFacts facts = facts_of(book_, older);
    const Minor need = facts.need;
    facts.need += taken;
    facts.supposed = {&account, supposed.today};
    if (counts_when_released(older) && find_holds(book_, older, facts).causes.empty())
      taken += need;
  }
  return taken;
}

bool Search::counts_when_released(const Order& order) const {
  return order.approval == Approval::kApproved ||
         policy_is(book_, PolicyKey::credit_at, policy_context(order), "placement");
}

bool Search::clears(const Supposition& supposed, std::size_t reason) const {
  const Reasons cleared = cleared_by(supposed);
  return std::find(cleared.begin(), cleared.end(), reason) != cleared.end();
}

Search::Reasons Search::cleared_by(const Supposition& supposed) const {
  const Holds left = holds_with(supposed);
  Reasons out;
  for (std::size_t i = 0; i < reasons().size(); ++i) {
    const auto& list = left.causes.list();
    const bool stays = std::any_of(list.begin(), list.end(), [&](const Cause& cause) {
      return same_reason(cause, reasons()[i]);
    });
    if (!stays) out.push_back(i);
  }
  return out;
}

// ---- the kinds ----------------------------------------------------------------------------------

std::optional<Remedy> Search::find_payment(std::size_t reason, const Supposition& base,
                                           const Enough& enough) const {
  const Cause& cause = reasons()[reason];
  const Minor owed = account_.bucket(Bucket::ordered) + account_.bucket(Bucket::delivered) +
                     account_.bucket(Bucket::receivable) + facts_.need;
  Supposition supposed = base;
  const auto amount = smallest(0, owed.value() + 1, cause.found - cause.allowed, [&](auto paid) {
    supposed.paid = Minor{paid};
    return enough(supposed);
  });
  if (!amount) return std::nullopt;
  Remedy out;
  out.kind = RemedyKind::kPayment;
  out.amount = Minor{*amount};
  return out;
}

std::optional<Remedy> Search::find_limit(std::size_t reason, const Supposition& base,
                                         const Enough& enough) const {
  const std::int64_t now =
      std::max(limit_in_force(book_, facts_.payer).limit.value_or(Minor{0}), Minor{0}).value();
  Supposition supposed = base;
  const auto limit = smallest(now, limits::kSumMax, reasons()[reason].found, [&](auto wanted) {
    supposed.limit = Minor{wanted};
    return enough(supposed);
  });
  if (!limit) return std::nullopt;
  Remedy out;
  out.kind = RemedyKind::kLimit;
  out.amount = Minor{*limit};
  return out;
}

std::optional<Remedy> Search::find_cancellation(std::size_t reason, const Supposition& base,
                                                const Enough& enough) const {
  const Cause& cause = reasons()[reason];
  Supposition supposed = base;
  const auto worth =
      smallest(0, facts_.need.value() - 1, cause.found - cause.allowed, [&](auto amount) {
        supposed.cancelled = cut_for(Minor{amount});
        return !supposed.cancelled.empty() && enough(supposed);
      });
  if (!worth) return std::nullopt;
  supposed.cancelled = cut_for(Minor{*worth});
  Remedy out;
  out.kind = RemedyKind::kCancellation;
  out.amount = worth_of(supposed.cancelled);
  if (out.amount >= facts_.need) return std::nullopt;  // nothing would be left to release
  for (std::uint32_t i = 0; i < supposed.cancelled.size(); ++i) {
    if (supposed.cancelled[i] > Quantity{0}) out.lines.push_back({i + 1, supposed.cancelled[i]});
  }
  return out;
}

// Days on which something changes by itself: a rule that holds ends, one that excludes begins.
std::optional<Remedy> Search::find_date(const Supposition& base, const Enough& enough) const {
  const Date today = book_.calendar().business_date();
  std::vector<Date> days = days_spending_may_ease(book_, facts_);
  for (std::uint32_t i = 0; i < book_.rules().count(); ++i) {
    const RuleVersion& rule = book_.rules().current(RuleId{i});
    if (rule.withdrawn) continue;
    if (rule.outcome == Outcome::hold && rule.valid_to >= today) {
      days.emplace_back(rule.valid_to.value() + 1);
    }
    if (rule.outcome == Outcome::exclude && rule.valid_from > today) {
      days.push_back(rule.valid_from);
    }
  }
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
  constexpr std::size_t kDaysMax = 32;
  if (days.size() > kDaysMax) days.resize(kDaysMax);
  for (const Date day : days) {
    Supposition supposed = base;
    supposed.today = day;
    if (!enough(supposed)) continue;
    Remedy out;
    out.kind = RemedyKind::kDate;
    out.date = day;
    return out;
  }
  return std::nullopt;
}

std::optional<Remedy> Search::find_one(RemedyKind kind, std::size_t reason, const Supposition& base,
                                       const Enough& enough) const {
  switch (kind) {
    case RemedyKind::kPayment:
      return find_payment(reason, base, enough);
    case RemedyKind::kLimit:
      return find_limit(reason, base, enough);
    case RemedyKind::kCancellation:
      return find_cancellation(reason, base, enough);
    case RemedyKind::kDate:
      return find_date(base, enough);
    case RemedyKind::kRelease:
      return std::nullopt;
  }
  return std::nullopt;
}

Supposition Search::with(const Supposition& base, const Remedy& remedy) const {
  Supposition out = base;
  if (remedy.kind == RemedyKind::kPayment) out.paid = remedy.amount;
  if (remedy.kind == RemedyKind::kLimit) out.limit = remedy.amount;
  if (remedy.kind == RemedyKind::kDate) out.today = remedy.date;
  if (remedy.kind == RemedyKind::kCancellation) {
    out.cancelled.assign(order_.line_count, Quantity{0});
    for (const RemedyLine& line : remedy.lines)
      out.cancelled[line.line - 1] = line.quantity;
  }
  return out;
}

// ---- cancelling ---------------------------------------------------------------------------------

// The run of units cancelled ends where the earlier cancellations began (engine/rules/taking.cc).
Minor Search::worth_of(const OrderLineState& line, Quantity quantity) const {
  const Quantity to = line.ordered - line.cancelled - line.voided;
  return line.gross_of(to) - line.gross_of(to - quantity);
}

Minor Search::worth_of(const std::vector<Quantity>& cancelled) const {
  const auto lines = book_.orders().lines(order_);
  Minor sum;
  for (std::size_t i = 0; i < lines.size(); ++i)
    sum += worth_of(lines[i], cancelled[i]);
  return sum;
}

// The smallest quantity the item is sold in that is worth as much; nothing: all of it is not.
std::optional<Quantity> Search::part_of_line(const OrderLineState& line, Minor worth) const {
  std::int64_t step = kQuantityUnit;
  for (int i = 0; i < book_.catalogue().item(ItemId{line.item}).decimals; ++i)
    step /= 10;
  const auto steps = smallest(0, line.open().value() / step, 0, [&](auto count) {
    return worth_of(line, Quantity{count * step}) >= worth;
  });
  if (!steps) return std::nullopt;
  return Quantity{*steps * step};
}

std::vector<Quantity> Search::cut_for(Minor worth) const {
  const auto lines = book_.orders().lines(order_);
  std::vector<Quantity> out(lines.size(), Quantity{0});
  std::optional<std::size_t> best;
  Minor best_worth;
  Quantity best_part;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto part = part_of_line(lines[i], worth);
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
    const auto part = part_of_line(lines[i], missing);
    out[i] = part.value_or(lines[i].open());
    missing -= worth_of(lines[i], out[i]);
  }
  if (missing > Minor{0}) return {};
  // The last part taken may be more than was missing: then less of the others is enough.
  for (std::size_t i = lines.size(); i-- > 0 && missing < Minor{0};) {
    if (out[i] == Quantity{0}) continue;
    const Minor before = worth_of(lines[i], out[i]);
    const Minor wanted = before + missing;
    out[i] = wanted > Minor{0} ? part_of_line(lines[i], wanted).value_or(out[i]) : Quantity{0};
    missing += before - worth_of(lines[i], out[i]);
  }
  return out;
}

// ---- all of them --------------------------------------------------------------------------------

constexpr std::array kKinds = {RemedyKind::kPayment, RemedyKind::kLimit, RemedyKind::kCancellation,
                               RemedyKind::kDate};

bool is_same(const Remedy& a, const Remedy& b) {
  return a.kind == b.kind && a.amount == b.amount && a.date == b.date;
}

bool is_known(const std::vector<Remedy>& remedies, const Remedy& other) {
  return std::any_of(remedies.begin(), remedies.end(),
                     [&](const Remedy& known) { return is_same(known, other); });
}

// The same two, found from the other side.
bool is_known(const std::vector<std::vector<Remedy>>& sets, const Remedy& a, const Remedy& b) {
  return std::any_of(sets.begin(), sets.end(), [&](const std::vector<Remedy>& known) {
    return is_same(known.front(), b) && is_same(known.back(), a);
  });
}

// One that clears something, then the smallest of another kind that clears the rest.
void Search::put_together(Remedies& out) const {
  const auto releases = [&](const Supposition& supposed) {
    return holds_with(supposed).causes.empty();
  };
  for (const Remedy& first : out.remedies) {
    if (first.releases) continue;
    const Supposition base = with({}, first);
    const Reasons& cleared = first.clears;
    std::size_t left = 0;
    while (std::find(cleared.begin(), cleared.end(), left) != cleared.end())
      ++left;
    if (left == reasons().size()) continue;  // another reason would come up
    for (const RemedyKind kind : kKinds) {
      if (kind == first.kind) continue;
      auto second = find_one(kind, left, base, releases);
      if (!second || is_known(out.together, first, *second)) continue;
      for (std::size_t i = 0; i < reasons().size(); ++i) {
        if (std::find(cleared.begin(), cleared.end(), i) == cleared.end())
          second->clears.push_back(i);
      }
      out.together.push_back({first, std::move(*second)});
    }
  }
}

Remedies Search::find() {
  Remedies out;
  out.holds = holds_;
  if (reasons().empty() || reasons().front().code == ReasonCode::amount_overflow) return out;
  for (const RemedyKind kind : kKinds) {
    for (std::size_t reason = 0; reason < reasons().size(); ++reason) {
      auto remedy = find_one(kind, reason, {},
                             [&](const Supposition& supposed) { return clears(supposed, reason); });
      if (!remedy || is_known(out.remedies, *remedy)) continue;
      const Supposition supposed = with({}, *remedy);
      remedy->clears = cleared_by(supposed);
      remedy->releases = holds_with(supposed).causes.empty();
      out.remedies.push_back(std::move(*remedy));
    }
  }
  put_together(out);
  Remedy& release = out.remedies.emplace_back();
  release.kind = RemedyKind::kRelease;
  release.releases = true;
  for (std::size_t i = 0; i < reasons().size(); ++i)
    release.clears.push_back(i);
  return out;
}

}  // namespace

Remedies find_remedies(const Book& book, const Order& order) {
  return Search(book, order).find();
}

}  // namespace kontor
