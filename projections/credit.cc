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

namespace kontor {
namespace {

// Adds `amount` to the entry of `key` in a sorted list without zeros.
template <class Entry, class Key>
void add_sorted(std::vector<Entry>& list, Key Entry::*key, Key at, Minor amount) {
  const auto place = std::lower_bound(list.begin(), list.end(), at,
                                      [&](const Entry& e, Key wanted) { return e.*key < wanted; });
  if (place == list.end() || (*place).*key != at) {
    list.insert(place, Entry{at, amount});
    return;
  }
  place->amount += amount;
  if (place->amount == Minor{0}) list.erase(place);
}

}  // namespace

// ---- account ------------------------------------------------------------------------------------

Minor Account::exposure() const {
  return bucket(Bucket::ordered) + bucket(Bucket::delivered) + bucket(Bucket::receivable) -
         bucket(Bucket::deposits) - bucket(Bucket::unapplied);
}

std::optional<Minor> Account::available() const {
  if (!limit) return std::nullopt;
  return *limit - exposure();
}

Ageing Account::ageing(Date business_date) const {
  Ageing out;
  for (const DueAmount& due : by_due_) {
    const std::int64_t late =
        due.due == kNoDate ? 0 : std::int64_t{business_date.value()} - due.due.value();
    const std::size_t age = late <= 0 ? 0 : late <= 30 ? 1 : late <= 60 ? 2 : late <= 90 ? 3 : 4;
    out.at(age) += due.amount;
  }
  return out;
}

Account Account::as_if_paid(Minor amount) const {
  Account out;
  out.currency = currency;
  out.limit = limit;
  out.expires = expires;
  out.review = review;
  out.limit_set_at = limit_set_at;
  out.buckets_ = buckets_;
  out.by_terms_ = by_terms_;
  std::vector<DueAmount> due = by_due_;  // what has no date yet comes last
  const auto dated = std::find_if(due.begin(), due.end(),
                                  [](const DueAmount& entry) { return entry.due != kNoDate; });
  std::rotate(due.begin(), dated, due.end());
  Minor left = amount;
  for (DueAmount& entry : due) {
    const Minor part = std::clamp(left, Minor{0}, std::max(entry.amount, Minor{0}));
    entry.amount -= part;
    left -= part;
    if (entry.amount != Minor{0}) add_sorted(out.by_due_, &DueAmount::due, entry.due, entry.amount);
  }
  out.buckets_.at(static_cast<std::size_t>(Bucket::receivable)) -= amount - left;
  out.buckets_.at(static_cast<std::size_t>(Bucket::unapplied)) += left;
  return out;
}

bool Account::may_release() const {
  if (needs_.empty()) return false;
  const auto room = available();
  return !room || needs_.begin()->first <= room->value();
}

// ---- folds --------------------------------------------------------------------------------------

template <class Moves>
void Credit::fold(const Envelope& by, const Moves* moves) {
  for (const CreditMove& move : run(moves)) {
    Account& account = accounts_.at(move.payer());
    const Minor amount{move.amount()};
    account.buckets_.at(static_cast<std::size_t>(move.bucket())) += amount;
    if (move.bucket() == Bucket::receivable && amount != Minor{0}) {
      add_sorted(account.by_due_, &DueAmount::due, Date{move.due()}, amount);
      add_sorted(account.by_terms_, &TermsAmount::terms, TermsId{move.terms()}, amount);
    }
  }
  for (const CreditMove& move : run(moves)) {
    const bool room = accounts_[move.payer()].may_release();
    if (room) want_examination(move.payer(), by.sequence, Reach::kRoom);
  }
}

// Other tags, another class or another place in the tree: other rules may match its orders, and
// after a move those of every company below.
void Credit::on(const Envelope& by, const CompanyRegistered& event) {
  const std::uint32_t company = event.ordinal();
  if (company == accounts_.size()) {
    accounts_.emplace_back();
    accounts_.back().currency = CurrencyCode{event.currency()};
    parents_.push_back(event.parent());
    return;
  }
  // Policies of its scopes may hold for all it pays. Orders whose events tell no company are left
  // alone here and below: logs of the first release have no decision about them.
  const auto& held = accounts_.at(company).held_;
  const bool told = std::any_of(held.begin(), held.end(), [](const auto& entry) {
    return is_set(entry.second.company) && !entry.second.forced;
  });
  if (told) want_examination(company, by.sequence, Reach::kWhole);
  const bool moved = parents_.at(company) != event.parent();
  parents_[company] = event.parent();
  if (!moved) return examine_payers_of(held_by_company_, company, by.sequence);
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
  account.limit = optional_minor(event.limit());
  account.expires = Date{event.expires()};
  account.review = Date{event.review()};
  account.limit_set_at = by.sequence;
  if (account.may_release()) want_examination(event.company(), by.sequence, Reach::kRoom);
}

void Credit::on(const Envelope& by, const CreditCommitted& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const CreditReleased& event) {
  fold(by, event.moves());
}
void Credit::on(const Envelope& by, const GoodsShipped& event) {
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
  remember_held(event.payer(),
                {OrderRef{event.order()}, CompanyId{event.company()}, BuyerId{event.buyer()},
                 Minor{event.need()}, event.credit_only(), event.forced(), needs_room});
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
  if (account.held_.empty()) with_held_.erase(payer);
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

// ---- state --------------------------------------------------------------------------------------

void Credit::save(Sink& out) const {
  out.pod(std::uint64_t{accounts_.size()});
  for (std::size_t company = 0; company < accounts_.size(); ++company) {
    const Account& account = accounts_[company];
    out.pod(parents_[company]);
    out.pod(account.currency.value());
    out.pod(raw(account.limit));
    out.pod(account.expires.value());
    out.pod(account.review.value());
    out.pod(account.limit_set_at.value());
    for (const Minor bucket : account.buckets_)
      out.pod(bucket.value());
    out.pod(std::uint64_t{account.by_due_.size()});
    for (const DueAmount& due : account.by_due_) {
      out.pod(due.due.value());
      out.pod(due.amount.value());
    }
    out.pod(std::uint64_t{account.by_terms_.size()});
    for (const TermsAmount& terms : account.by_terms_) {
      out.pod(terms.terms.value());
      out.pod(terms.amount.value());
    }
    out.pod(std::uint64_t{account.held_.size()});
    for (const auto& [order, held] : account.held_) {
      out.pod(order);
      out.pod(held.company.value());
      out.pod(held.buyer.value());
      out.pod(held.need.value());
      out.pod(std::uint8_t{held.credit_only});
      out.pod(std::uint8_t{held.forced});
      out.pod(std::uint8_t{held.needs_room});
    }
  }
  out.pod(std::uint64_t{spending_holds_.size()});
  for (const std::uint32_t rule : spending_holds_)
    out.pod(rule);
  out.pod(std::uint64_t{to_examine_.size()});
  for (const Examination& examination : to_examine_) {
    out.pod(examination.payer);
    out.pod(examination.from);
    out.pod(examination.cause);
    out.pod(examination.reach);
    out.pod(std::uint8_t{examination.again});
  }
}

namespace {

template <class Entry, class Key>
void load_sums(Source& in, std::vector<Entry>& list, Key Entry::*key) {
  list.resize(in.size_of_run(12));
  for (Entry& entry : list) {
    in.pod(entry.*key);
    in.pod(entry.amount);
  }
}

}  // namespace

void Credit::load(Source& in) {
  *this = Credit{};
  accounts_.resize(in.size_of_run(84));
  parents_.resize(accounts_.size());
  for (std::uint32_t payer = 0; payer < accounts_.size(); ++payer) {
    Account& account = accounts_[payer];
    std::int64_t limit = 0;
    in.pod(parents_[payer]);
    in.pod(account.currency);
    in.pod(limit);
    account.limit = optional_minor(limit);
    in.pod(account.expires);
    in.pod(account.review);
    in.pod(account.limit_set_at);
    for (Minor& bucket : account.buckets_)
      in.pod(bucket);
    load_sums(in, account.by_due_, &DueAmount::due);
    load_sums(in, account.by_terms_, &TermsAmount::terms);
    for (std::uint64_t left = in.size_of_run(27); left > 0 && in.ok(); --left) {
      HeldOrder held;
      std::uint8_t credit_only = 0;
      std::uint8_t needs_room = 0;
      std::uint8_t forced = 0;
      in.pod(held.order);
      in.pod(held.company);
      in.pod(held.buyer);
      in.pod(held.need);
      in.pod(credit_only);
      in.pod(forced);
      in.pod(needs_room);
      held.credit_only = credit_only != 0;
      held.forced = forced != 0;
      held.needs_room = needs_room != 0;
      in.expect(held.company.value() < accounts_.size());
      remember_held(payer, held);
    }
  }
  for (std::uint64_t left = in.size_of_run(4); left > 0 && in.ok(); --left) {
    std::uint32_t rule = 0;
    in.pod(rule);
    spending_holds_.insert(rule);
  }
  to_examine_.resize(in.size_of_run(22));
  for (Examination& examination : to_examine_) {
    std::uint8_t again = 0;
    in.pod(examination.payer);
    in.pod(examination.from);
    in.pod(examination.cause);
    in.pod(examination.reach);
    in.pod(again);
    examination.again = again != 0;
    in.expect(examination.payer < accounts_.size());
    in.expect(examination.reach <= Reach::kWhole);
    in.expect(being_examined_.insert(examination.payer).second);
  }
}

Status Credit::check_invariants() const {
  for (const Account& account : accounts_) {
    Minor due;
    for (const DueAmount& amount : account.by_due_)
      due += amount.amount;
    Minor terms;
    for (const TermsAmount& amount : account.by_terms_)
      terms += amount.amount;
    if (due != account.bucket(Bucket::receivable) || terms != due) {
      return broken("receivables by due date or terms that differ from their total");
    }
  }
  return {};
}

}  // namespace kontor
