#include "projections/credit.h"

#include <algorithm>

#include "book_generated.h"
#include "calendar_generated.h"
#include "company_generated.h"
#include "credit_generated.h"
#include "credit_note_generated.h"
#include "invoice_generated.h"
#include "order_generated.h"
#include "payment_generated.h"
#include "rule_generated.h"
#include "spending_generated.h"
#include "stock_generated.h"

#include "events/base/mark.h"
#include "projections/fold.h"
#include "projections/sorted_sums.h"
#include "projections/tables.h"

namespace kontor {
namespace {

void add_to_order(std::map<std::uint64_t, Minor>& counted, const CreditMove& move) {
  Minor& sum = counted[move.document()];
  sum += Minor{move.amount()};
  if (sum == Minor{0}) counted.erase(move.document());
}

}  // namespace

// ---- folds --------------------------------------------------------------------------------------

template <class Moves>
void Credit::fold(const Envelope& by, const Moves* moves) {
  for (const CreditMove& move : run(moves)) {
    Account& account = accounts_.at(move.payer());
    const Minor amount{move.amount()};
    account.buckets_.at(static_cast<std::size_t>(move.bucket())) += amount;
    if (tree_.parent(move.payer()) != kNoOrdinal) {
      tree_.count(move.payer(), account.currency, move.bucket(), amount);
    }
    if (move.bucket() == Bucket::deposits) add_to_order(counted_deposits_, move);
    if (move.bucket() == Bucket::receivable && amount != Minor{0}) {
      add_sorted(account.by_due_, &DueAmount::due, Date{move.due()}, amount);
      add_sorted(account.by_terms_, &TermsAmount::terms, TermsId{move.terms()}, amount);
    }
  }
  if (with_held_.empty()) return;  // there is nobody to look at again
  for (const CreditMove& move : run(moves)) {
    const bool room = may_release(CompanyId{move.payer()});
    if (room) want_examination(move.payer(), by.sequence, Reach::kRoom);
    if (!look_up_.empty()) examine_relatives(move.payer(), by.sequence);
  }
}

// What becomes a deposit is unapplied no more, and what comes back is so again.
template <class Moves>
void Credit::fold_deposited(const Moves* moves) {
  for (const CreditMove& move : run(moves)) {
    if (move.bucket() == Bucket::unapplied)
      accounts_.at(move.payer()).deposited_ -= Minor{move.amount()};
  }
}

Minor Credit::counted_deposit(OrderRef order) const {
  const auto found = counted_deposits_.find(order.value());
  return found == counted_deposits_.end() ? Minor{} : found->second;
}

// Other tags, another class or another place in the tree: other rules may match its orders, and
// after a move those of every company below.
void Credit::on(const Envelope& by, const CompanyRegistered& event) {
  const std::uint32_t company = event.ordinal();
  if (company == accounts_.size()) {
    accounts_.emplace_back();
    accounts_.back().currency = CurrencyCode{event.currency()};
    tree_.add(event.parent());
    return;
  }
  // Policies of its scopes may hold for all it pays. Orders whose events tell no company are left
  // alone here and below: logs of the first release have no decision about them.
  const Account& account = accounts_.at(company);
  const auto& held = account.held_;
  const bool told = std::any_of(held.begin(), held.end(), [](const auto& entry) {
    return is_set(entry.second.company) && !entry.second.forced;
  });
  if (told) want_examination(company, by.sequence, Reach::kWhole);
  examine_who_look_up_to(company, by.sequence, Reach::kWhole);
  const bool moved = tree_.parent(company) != event.parent();
  if (!moved) return examine_payers_of(held_by_company_, company, by.sequence);
  tree_.move(company, event.parent(), {account.currency, account.sums()});
  for (const std::uint32_t payer : look_up_)  // the sums of two trees are others
    want_examination(payer, by.sequence, Reach::kWhole);
  for (auto at = held_by_company_.begin(); at != held_by_company_.end();) {
    const std::uint32_t orderer = std::get<0>(*at);
    if (!is_set(CompanyId{orderer})) break;  // sorted last
    examine_payers_of(held_by_company_, orderer, by.sequence);
    at = held_by_company_.lower_bound({orderer + 1, 0, 0});
  }
}

// Other roles or another limit.
void Credit::on(const Envelope& by, const BuyerRegistered& event) {
  examine_payers_of(held_by_buyer_, event.ordinal(), by.sequence);
}

void Credit::on(const Envelope& by, const CreditLimitSet& event) {
  Account& account = accounts_.at(event.company());
  const bool had_limit = account.limit.has_value();
  account.limit = optional_minor(event.limit());
  account.expires = Date{event.expires()};
  account.review = Date{event.review()};
  account.limit_set_at = by.sequence;
  const CompanyId company{event.company()};
  if (may_release(company)) want_examination(event.company(), by.sequence, Reach::kRoom);
  // One more or less may be another that is the nearest.
  const bool others = had_limit != account.limit.has_value();
  examine_who_look_up_to(event.company(), by.sequence, others ? Reach::kWhole : Reach::kRoom);
}

void Credit::on(const Envelope& by, const CreditCommitted& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const CreditReleased& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const DepositRequested& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const DepositApplied& event) {
  fold_deposited(event.moves());
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const DepositReleased& event) {
  fold_deposited(event.moves());
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const GoodsShipped& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const ChargesShipped& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const OrderAmended& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const StockReserved& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const ReservationReleased& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const OrderFailed& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const OrderRepriced& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const GoodsReturned& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const InvoiceIssued& event) {
  for (const DepositPart& part : run(event.deposits()))
    accounts_.at(part.payer()).deposited_ -= Minor{part.amount()};
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const CreditNoteIssued& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const CreditNoteApplied& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const CreditNoteUnapplied& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const CreditNoteCancelled& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const PaymentReceived& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const PaymentApplied& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const PaymentUnapplied& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const PaymentReversed& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const RefundPaid& event) {
  fold(by, event.moves());
}

void Credit::on(const Envelope&, const OrderHeld& event) {
  forget_held(event.payer(), event.order());
  const bool needs_room =
      event.room() == RoomNeed::untold ? event.credit_only() : event.room() == RoomNeed::needed;
  HoldMark why;
  if (event.grounds() != nullptr) {
    for (const Reason& reason : run(event.grounds()->reasons()))
      why.add(reason.rule(), reason.code());
  }
  remember_held(event.payer(), {OrderRef{event.order()}, CompanyId{event.company()},
                                BuyerId{event.buyer()}, Minor{event.need()}, event.credit_only(),
                                event.forced(), needs_room, event.moment(), why.value()});
  if (event.forced()) return;  // tells nothing about what would release it
  Watched& watched = accounts_.at(event.payer()).watched_;
  watched = {ids<CompanyId>(event.limits()), event.looks_up(), event.looks_around()};
  note_watched(event.payer());
}

void Credit::on(const Envelope&, const HoldReleased& event) {
  forget_held(event.payer(), event.order());
}

void Credit::remember_held(std::uint32_t payer, const HeldOrder& held) {
  const std::uint64_t order = held.order.value();
  Account& account = accounts_.at(payer);
  account.held_[order] = held;
  with_held_.insert(payer);
  if (held.forced) return;  // only a person looks at it again
  // One that may go on without room is worth another look whatever there is.
  account.needs_.emplace(held.needs_room ? held.need.value() : INT64_MIN, order);
  held_by_company_.emplace(held.company.value(), payer, order);
  held_by_buyer_.emplace(held.buyer.value(), payer, order);
}

void Credit::forget_held(std::uint32_t payer, std::uint64_t order) {
  Account& account = accounts_.at(payer);
  const auto found = account.held_.find(order);
  if (found == account.held_.end()) return;
  const HeldOrder& held = found->second;
  account.needs_.erase({held.needs_room ? held.need.value() : INT64_MIN, order});
  held_by_company_.erase({held.company.value(), payer, order});
  held_by_buyer_.erase({held.buyer.value(), payer, order});
  account.held_.erase(found);
  if (!account.held_.empty()) return;
  with_held_.erase(payer);
  account.watched_ = {};
  note_watched(payer);
}

void Credit::note_watched(std::uint32_t payer) {
  if (accounts_.at(payer).watched_.looks_up) {
    look_up_.insert(payer);
  } else {
    look_up_.erase(payer);
  }
}

// ---- what frees held orders ---------------------------------------------------------------------

std::optional<Int128> Credit::exposure_with_below(CompanyId company) const {
  const Account& own = account(company);
  Int128 sum = own.exposure().value();
  for (const TreeSums& below : tree_.below(company.value())) {
    if (below.currency == own.currency) {
      sum += below.exposure();
    } else if (below.exposure() != 0) {
      return std::nullopt;
    }
  }
  return sum;
}

std::optional<Int128> Credit::room(const Account& account) const {
  if (account.watched_.limits.empty()) {
    const auto available = account.available();
    return available ? std::optional<Int128>(available->value()) : std::nullopt;
  }
  std::optional<Int128> least;
  for (const CompanyId company : account.watched_.limits) {
    const Account& above = accounts_.at(company.value());
    if (!above.limit) continue;
    const auto exposure = exposure_with_below(company);
    if (!exposure) return Int128{INT64_MIN} * 2;  // no order passes what cannot be compared
    const Int128 left = above.limit->value() - *exposure;
    least = least ? std::min(*least, left) : left;
  }
  return least;
}

bool Credit::may_release(CompanyId payer) const {
  const Account& account = accounts_.at(payer.value());
  if (account.needs_.empty()) return false;
  const auto left = room(account);
  return !left || account.needs_.begin()->first <= *left ||
         account.needs_.begin()->first == INT64_MIN;
}

// The sums above them have changed with the company's.
void Credit::examine_relatives(std::uint32_t company, Sequence cause) {
  const auto root_of = [&](std::uint32_t at) {
    while (tree_.parent(at) != kNoOrdinal)
      at = tree_.parent(at);
    return at;
  };
  const std::uint32_t root = root_of(company);
  for (const std::uint32_t payer : look_up_) {
    if (payer == company || root_of(payer) != root || !may_release(CompanyId{payer})) continue;
    KONTOR_MARK("a held order that a relative's account may free");
    want_examination(payer, cause, Reach::kRoom);
  }
}

void Credit::examine_who_look_up_to(std::uint32_t company, Sequence cause, Reach reach) {
  for (const std::uint32_t payer : look_up_) {
    if (!tree_.is_at_or_above(company, payer)) continue;
    if (reach == Reach::kRoom && !may_release(CompanyId{payer})) continue;
    KONTOR_MARK("a held order under a company that changed");
    want_examination(payer, cause, reach);
  }
}

void Credit::examine_who_look_around(Sequence cause) {
  for (const std::uint32_t payer : with_held_) {
    const Account& account = accounts_[payer];
    if (account.watched_.looks_around && !account.needs_.empty())
      want_examination(payer, cause, Reach::kWhole);
  }
}

// What is sold, and on which terms, may be another.
void Credit::on(const Envelope& by, const ItemRegistered&) {
  examine_who_look_around(by.sequence);
}
void Credit::on(const Envelope& by, const AssortmentDefined&) {
  examine_who_look_around(by.sequence);
}
void Credit::on(const Envelope& by, const TermsDefined&) {
  examine_who_look_around(by.sequence);
}

void Credit::on(const Envelope& by, const RuleSet& event) {
  bool by_spending = false;
  if (event.outcome() == Outcome::hold && !event.withdrawn() && event.conditions() != nullptr) {
    for (const Condition* const condition : *event.conditions()) {
      by_spending = by_spending || condition->figure() == Figure::over_budget ||
                    condition->figure() == Figure::over_period_limit;
    }
  }
  if (by_spending) {
    spending_holds_.insert(event.ordinal());
  } else {
    spending_holds_.erase(event.ordinal());
  }
  examine_everyone(by.sequence);
}

void Credit::on(const Envelope& by, const BudgetSet&) {
  if (!spending_holds_.empty()) examine_everyone(by.sequence);
}

// A budget may serve other payers' orders; a period is one buyer's.
void Credit::on(const Envelope& by, const SpendingReturned& event) {
  if (spending_holds_.empty()) return;
  if (!run(event.budgets()).empty()) return examine_everyone(by.sequence);
  examine_payers_of(held_by_buyer_, event.buyer(), by.sequence);
}

void Credit::on(const Envelope& by, const PolicySet&) {
  examine_everyone(by.sequence);
}

void Credit::on(const Envelope& by, const BusinessDayOpened&) {
  examine_everyone(by.sequence);
}

void Credit::examine_everyone(Sequence cause) {
  for (const std::uint32_t payer : with_held_) {
    const bool all_forced = accounts_[payer].needs_.empty();
    if (!all_forced) want_examination(payer, cause, Reach::kWhole);
  }
}

void Credit::examine_payers_of(const HeldBy& index, std::uint32_t ordinal, Sequence cause) {
  auto at = index.lower_bound({ordinal, 0, 0});
  while (at != index.end() && std::get<0>(*at) == ordinal) {
    const std::uint32_t payer = std::get<1>(*at);
    KONTOR_MARK("a held order whose buyer or company changed");
    want_examination(payer, cause, Reach::kWhole);
    at = index.upper_bound({ordinal, payer, UINT64_MAX});
  }
}

void Credit::want_examination(std::uint32_t payer, Sequence cause, Reach reach) {
  if (being_examined_.insert(payer).second) {
    to_examine_.push_back({payer, 0, cause.value(), reach});
    return;
  }
  KONTOR_MARK("a payer to be examined twice");
  const auto known = std::find_if(to_examine_.begin(), to_examine_.end(),
                                  [&](const Examination& e) { return e.payer == payer; });
  if (reach == Reach::kRoom) {
    known->again = known->from != 0;
    return;
  }
  known->reach = reach;
  known->from = 0;
  known->again = false;
}

void Credit::on(const Envelope&, const FollowUpAdvanced& event) {
  if (event.kind() != FollowUpKind::examine_held_orders) return;
  KONTOR_ASSERT(!to_examine_.empty() && to_examine_.front().payer == event.subject());
  to_examine_.front().from = event.next();
  to_examine_.front().again = event.again();
  if (!event.finished()) return;
  to_examine_.erase(to_examine_.begin());
  being_examined_.erase(event.subject());
}

std::optional<FollowUp> Credit::next_follow_up() const {
  if (to_examine_.empty()) return std::nullopt;
  const Examination& first = to_examine_.front();
  const bool whole = first.reach == Reach::kWhole;
  return FollowUp{FollowUpKind::examine_held_orders,
                  first.payer,
                  first.from,
                  0,
                  Sequence{first.cause},
                  whole,
                  first.again};
}

}  // namespace kontor
