#include "engine/rules/waiting.h"

#include <algorithm>

#include "engine/rules/accounts.h"
#include "engine/rules/approving.h"
#include "engine/rules/checking.h"
#include "engine/rules/depositing.h"
#include "engine/rules/holding.h"
#include "engine/rules/policy.h"
#include "engine/rules/taking.h"

namespace kontor {
namespace {

constexpr std::size_t kLooksMax = 50;  // at held orders that may take something first

// Lends the supposition to the facts of an order of its payer.
class Lent {
 public:
  Lent(const Book& book, CompanyId payer, const Supposition& supposed)
      : account_(book.credit().account(payer).as_if_paid(supposed.paid)) {
    lent_.account = &account_;
    lent_.today = supposed.today;
    lent_.limits = supposed.limits;
    lent_.taken = supposed.taken;
    lent_.budgets = supposed.budgets;
    lent_.period_limit = supposed.period_limit;
    lent_.cancelled = supposed.cancelled;
    lent_.cancelled_worth = supposed.cancelled_worth;
    lent_.put_right = supposed.put_right;
  }
  const Supposed& get() const { return lent_; }

 private:
  Account account_;
  Supposed lent_;
};

// At the book's position, on the day that is supposed.
Context context_of(const Book& book, const Supposition& supposed, std::string_view actor) {
  Context out;
  out.recorded_at = book.last_recorded();
  out.business_date = supposed.today != kNoDate ? supposed.today : book.calendar().business_date();
  out.effective_date = out.business_date;
  out.actor = actor;
  return out;
}

bool counts_when_released(const Book& book, const Order& order) {
  return order.approval == Approval::kApproved ||
         policy_is(book, PolicyKey::credit_at, policy_context(order), "placement");
}

CompanyId root_of(const Book& book, CompanyId company) {
  while (is_set(book.parties().company(company).parent))
    company = book.parties().company(company).parent;
  return company;
}

}  // namespace

// ---- held ---------------------------------------------------------------------------------------

HeldOrderWaits::HeldOrderWaits(const Book& book, const Order& order)
    : Waiting(book), order_(order) {
  facts_ = facts_of(book, order);
  const CompanyId payer{order.payer};
  const Account& own = book.credit().account(payer);
  if (!own.watched().looks_up && credit_tree(book, payer) == TreeMode::kOwn) return;
  const CompanyId root = root_of(book, payer);
  for (std::uint32_t i = 0; i < book.credit().account_count(); ++i) {
    const CompanyId other{i};
    if (other == payer || book.credit().account(other).held().empty()) continue;
    if (root_of(book, other) == root) relatives_.push_back(other);
  }
}

// Whether the relative's orders are looked at before the payer's, as what is to be examined is
// queued (projections/credit.cc): by a new limit the company itself, then whoever is below it and
// looks up; by a new day everybody; by a payment the payer first.
bool HeldOrderWaits::comes_first(CompanyId relative, const Supposition& supposed) const {
  const CompanyId payer{order_.payer};
  const Credit& credit = book_.credit();
  const bool earlier = relative.value() < payer.value();
  if (earlier && supposed.today != kNoDate) return true;
  return std::any_of(
      supposed.limits.begin(), supposed.limits.end(), [&](const SupposedLimit& limit) {
        if (limit.company == payer) return false;
        const bool below = credit.tree().is_at_or_above(limit.company.value(), relative.value());
        const bool looks_up = credit.account(relative).watched().looks_up;
        return relative == limit.company || (earlier && below && looks_up);
      });
}

bool HeldOrderWaits::would_be_released(const Order& other, const Supposition& supposed) const {
  Supposition of_other = supposed;
  of_other.cancelled.clear();
  of_other.cancelled_worth = Minor{0};
  if (other.buyer != order_.buyer) of_other.period_limit.reset();
  if (other.payer != order_.payer && supposed.paid > Minor{0}) {
    of_other.paid = Minor{0};
    of_other.taken.push_back({CompanyId{order_.payer}, -supposed.paid});
  }
  const Lent lent(book_, CompanyId{other.payer}, of_other);
  OrderFacts facts = facts_of(book_, other);
  facts.supposed = lent.get();
  return counts_when_released(book_, other) && find_holds(book_, other, facts).causes.empty();
}

void HeldOrderWaits::let_take(CompanyId payer, std::uint64_t before, Supposition& supposed,
                              std::size_t& looks) const {
  for (const auto& [birth, held] : book_.credit().account(payer).held()) {
    if (birth >= before || looks == 0) return;
    --looks;
    const auto& known = supposed.released;
    const bool is_released = std::find(known.begin(), known.end(), birth) != known.end();
    if (held.forced || is_released || birth == order_.ref) continue;
    const Order& other = book_.orders().get(held.order);
    if (!would_be_released(other, supposed)) continue;
    supposed.released.push_back(birth);
    supposed.taken.push_back({payer, facts_of(book_, other).need});
  }
}

void HeldOrderWaits::let_older_take(Supposition& supposed) const {
  if (!supposed.frees_others()) return;  // a cancellation is looked at alone
  std::size_t looks = kLooksMax;
  for (const CompanyId relative : relatives_) {
    if (comes_first(relative, supposed)) let_take(relative, UINT64_MAX, supposed, looks);
  }
  let_take(CompanyId{order_.payer}, order_.ref, supposed, looks);
}

void HeldOrderWaits::let_others_take(Supposition& supposed) const {
  let_older_take(supposed);
  std::size_t looks = kLooksMax;
  let_take(CompanyId{order_.payer}, UINT64_MAX, supposed, looks);
  for (const CompanyId relative : relatives_)
    let_take(relative, UINT64_MAX, supposed, looks);
}

Causes HeldOrderWaits::left(const Supposition& supposed) const {
  Supposition then = supposed;
  let_older_take(then);
  const Lent lent(book_, facts_.payer, then);
  OrderFacts facts = facts_;
  facts.supposed = lent.get();
  cancel_worth(book_, facts, supposed.cancelled_worth);
  return find_holds(book_, order_, facts).causes;
}

// ---- failed and refused -------------------------------------------------------------------------

FailedOrderWaits::FailedOrderWaits(const Book& book, const Order& order)
    : Waiting(book), order_(order) {
  facts_ = facts_of(book, order);
}

Causes FailedOrderWaits::left(const Supposition& supposed) const {
  const Lent lent(book_, facts_.payer, supposed);
  Step today(book_, context_of(book_, supposed, {}));
  look_at_approved(today, order_, lent.get());
  return today.refusals();
}

RefusedOrderWaits::RefusedOrderWaits(const Book& book, const PlaceOrder& command,
                                     std::string_view actor)
    : Waiting(book), command_(command), actor_(actor) {
  const Supposition nothing;
  Step step(book, context_of(book, nothing, actor));
  const OrderWish wish = wish_of(command);
  if (const auto found = price_wish(step, wish)) {
    facts_ = found->facts;
    facts_.lines = {};  // they end with what was found
    return;
  }
  Step who(book, context_of(book, nothing, actor));
  const OrderParties parties = find_order_parties(who, wish.parties);
  facts_.company = parties.company;
  facts_.payer = parties.payer;
  facts_.buyer = parties.buyer;
  facts_.currency = parties.currency;
}

Causes RefusedOrderWaits::left(const Supposition& supposed) const {
  const Context context = context_of(book_, supposed, actor_);
  if (!is_set(facts_.payer)) return check_order(book_, context, command_).refusals;
  const Lent lent(book_, facts_.payer, supposed);
  return check_order(book_, context, command_, lent.get()).refusals;
}

}  // namespace kontor
