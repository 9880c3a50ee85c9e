// Rules of every kind: figures, scopes, moments and outcomes; and assortments.
#include <string_view>

#include "tests/simulation/generator.h"

namespace kontor::test {
namespace {

namespace m = model;
using F = m::Figure;

const std::vector<F>& figures() {
  // Those that every business has come more often.
  static const std::vector<F> kFigures = {F::kTotal,
                                          F::kTotal,
                                          F::kNet,
                                          F::kLinePrice,
                                          F::kDistinctItems,
                                          F::kWeight,
                                          F::kFreight,
                                          F::kTerms,
                                          F::kSettlement,
                                          F::kDaysToRequested,
                                          F::kCountry,
                                          F::kRecurring,
                                          F::kCostCentre,
                                          F::kRole,
                                          F::kOverPeriodLimit,
                                          F::kOverBudget,
                                          F::kOverOrderLimit,
                                          F::kOverOrderLimit,
                                          F::kExposureOverLimit,
                                          F::kExposureOverLimit,
                                          F::kExposureOverLimit,
                                          F::kExposureAfter,
                                          F::kExposureAfter,
                                          F::kExposureAfter,
                                          F::kExposureAfter,
                                          F::kLimitUsed,
                                          F::kLimitUsed,
                                          F::kBucket,
                                          F::kOldestOverdue,
                                          F::kOverdueAmount,
                                          F::kOverdueShare,
                                          F::kTermsLonger,
                                          F::kStanding,
                                          F::kStanding,
                                          F::kLimitExpired,
                                          F::kReviewPassed,
                                          F::kPaidInvoices,
                                          F::kAgainstClass};
  return kFigures;
}

bool is_of_payer(F figure) {
  return figure >= F::kExposureOverLimit && figure != F::kTermsLonger && figure != F::kAgainstClass;
}

}  // namespace

// The threshold that the figure is measured by.
void Generator::give_threshold(m::Condition& c) {
  switch (c.figure) {
    case F::kTotal:
    case F::kNet:
    case F::kExposureAfter:
    case F::kBucket:
      c.amount = money();
      break;
    case F::kLinePrice:
      c.amount = random_.between(1, 20'000);
      break;
    case F::kFreight:
      c.amount = random_.one_in(3) ? 0 : random_.between(1, 3'000);
      break;
    case F::kOverdueAmount:
      c.amount = random_.one_in(2) ? 0 : money();
      break;
    case F::kLimitUsed:
    case F::kOverdueShare:
    case F::kAgainstClass:
      c.percent = random_.of<m::Int>({0, 250'000, 800'000, m::kHundredPercent, 3'000'000});
      break;
    case F::kDaysToRequested:
    case F::kOldestOverdue:
      c.days = random_.between(-1, 20);
      break;
    case F::kDistinctItems:
    case F::kPaidInvoices:
      c.count = random_.between(0, 3);
      break;
    case F::kWeight:
      c.count = random_.between(0, 60'000);
      break;
    default:
      break;
  }
}

void Generator::give_names(m::Condition& c) {
  m::Names names;
  const bool several = random_.one_in(2);
  for (int i = several ? 2 : 1; i > 0; --i) {
    switch (c.figure) {
      case F::kTerms:
        names.push_back(random_.of(terms_));
        break;
      case F::kSettlement:
        names.push_back(random_.of<std::string>({"account", "prepaid"}));
        break;
      case F::kCountry:
        names.push_back(random_.of<std::string>({"DE", "FR", "IT"}));
        break;
      case F::kCostCentre:
        names.push_back(random_.of(cost_centres_));
        break;
      case F::kRole:
        names.push_back(random_.of<std::string>({"boss", "admin", "buyer"}));
        break;
      case F::kStanding:
        names.push_back(random_.of<std::string>({"hold", "hold", "good"}));
        break;
      default:
        return;
    }
  }
  c.names = names;
  c.compare = several ? m::Compare::kIn : m::Compare::kEqual;
}

m::Condition Generator::condition() {
  m::Condition c;
  c.figure = random_.of(figures());
  give_threshold(c);
  give_names(c);
  if (c.amount || c.percent || c.days || c.count) {
    c.compare = random_.of({m::Compare::kGreater, m::Compare::kAtLeast, m::Compare::kLess,
                            m::Compare::kAtMost, m::Compare::kEqual});
    if (random_.one_in(80)) c.compare = m::Compare::kIn;
  }
  if (c.amount && random_.one_in(30)) c.currency = 840;
  if (c.figure == F::kBucket) {
    c.bucket = random_.of({m::Bucket::kOrdered, m::Bucket::kDelivered, m::Bucket::kReceivable,
                           m::Bucket::kUnapplied, m::Bucket::kDeposits});
  }
  if (is_of_payer(c.figure) && random_.one_in(4)) {
    c.whose = random_.of({m::Whose::kAnyAncestor, m::Whose::kSharedLimit});
  }
  const bool overdue = c.figure == F::kOldestOverdue || c.figure == F::kOverdueAmount ||
                       c.figure == F::kOverdueShare;
  if (overdue && random_.one_in(3)) c.grace = static_cast<int>(random_.between(0, 10));
  spoil(c);
  return c;
}

// Now and then it says what its figure has not.
void Generator::spoil(m::Condition& c) {
  if (random_.one_in(60)) c.days = 3;
  if (random_.one_in(60)) c.amount.reset();
  if (random_.one_in(60)) c.names = m::Names{};
  if (random_.one_in(80)) c.whose = m::Whose::kAnyAncestor;
  if (random_.one_in(80)) c.bucket = m::Bucket::kDelivered;
  if (random_.one_in(80)) c.grace = -1;
  if (random_.one_in(80)) c.compare = m::Compare::kLess;
}

void Generator::choose_moment(m::SetRule& c) {
  const bool later = c.outcome == m::Outcome::kHold || c.outcome == m::Outcome::kWarn ||
                     c.outcome == m::Outcome::kRefuse || c.outcome == m::Outcome::kExclude;
  if (later ? random_.one_in(2) : random_.one_in(60)) {
    c.moment = random_.of({m::Moment::kApproval, m::Moment::kAllocation, m::Moment::kShipment});
    if (c.outcome == m::Outcome::kHold && random_.one_in(3)) c.moment = m::Moment::kDay;
    // What many orders meet, so that some meet it when they are on their way.
    if (!random_.one_in(3)) {
      c.scope_kind = m::Scope::kBook;
      c.scope.clear();
      if (c.conditions.size() > 1) c.conditions.pop_back();
    }
  }
  if (c.outcome == m::Outcome::kDeposit && random_.one_in(3)) c.moment = m::Moment::kApproval;
  if (random_.one_in(60)) c.moment = m::Moment::kDay;
}

m::Command Generator::set_rule(const State& state) {
  m::SetRule c;
  c.rule = name_of(rules_);
  if (random_.one_in(10)) c.rule = random_.of<std::string>({"order-limit", "credit-limit"});
  c.scope_kind =
      random_.of({m::Scope::kBook, m::Scope::kBook, m::Scope::kTag, m::Scope::kCompany,
                  m::Scope::kCompanyAndBelow, m::Scope::kClass, m::Scope::kRole, m::Scope::kBuyer,
                  m::Scope::kItem, m::Scope::kItemCategory, m::Scope::kAssortment});
  c.scope = scope_name(c.scope_kind);
  if (random_.one_in(60)) c.scope.clear();
  for (std::uint64_t i = random_.one_in(12) ? 0 : 1 + random_.below(2); i > 0; --i)
    c.conditions.push_back(condition());
  c.outcome = random_.of({m::Outcome::kHold, m::Outcome::kHold, m::Outcome::kAsk, m::Outcome::kAsk,
                          m::Outcome::kWarn, m::Outcome::kApprove, m::Outcome::kExclude,
                          m::Outcome::kRefuse});
  if (random_.one_in(7)) c.outcome = m::Outcome::kDeposit;
  if ((c.outcome == m::Outcome::kDeposit) != random_.one_in(60)) {
    c.deposit = random_.of<m::Int>({100'000, 200'000, 333'333, 500'000, m::kHundredPercent});
    if (random_.one_in(40)) c.deposit = random_.of<m::Int>({-1, 0, m::kHundredPercent + 1});
  }
  choose_moment(c);
  const bool tiers = (c.outcome == m::Outcome::kAsk) != random_.one_in(60);
  for (int number = 1; tiers && number <= (random_.one_in(3) ? 2 : 1); ++number)
    c.tiers.push_back(tier(number));
  if (c.outcome == m::Outcome::kExclude) {
    c.exclude = random_.one_in(2) ? name_of(rules_)
                                  : random_.of<std::string>({"order-limit", "credit-limit"});
    // What many orders meet.
    if (random_.one_in(2)) {
      c.scope_kind = m::Scope::kBook;
      c.scope.clear();
      c.conditions.clear();
    }
  }
  if (random_.one_in(12)) c.valid_from = state.business_date + 5;
  if (random_.one_in(12)) c.valid_to = state.business_date + 5;
  c.withdrawn = random_.one_in(3);
  return c;
}

m::Command Generator::define_assortment(const State&) {
  m::DefineAssortment c;
  c.assortment = name_of(assortments_);
  if (random_.one_in(2)) c.items.push_back(name_of(items_));
  if (random_.one_in(3)) c.categories.push_back(random_.of<std::string>({"tools", "paints"}));
  for (const std::string& company : companies_) {
    if (random_.one_in(2)) c.companies.push_back(company);
  }
  if (random_.one_in(3)) c.tags.push_back(random_.of<std::string>({"vip", "new"}));
  if (random_.one_in(30)) c.companies.push_back("nobody-2");
  if (random_.one_in(40)) c.tags.emplace_back();
  return c;
}

}  // namespace kontor::test
