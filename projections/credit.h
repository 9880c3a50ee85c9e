// Credit of payers: limits, exposure by bucket, by due date and by payment terms, and the orders
// that are held. Folds the CreditMoves that events carry, so each sum is explained by the events
// that hold them. Rules: domain, Credit.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "projections/credit_tree.h"
#include "projections/envelope.h"
#include "projections/follow_up.h"
#include "projections/sink.h"

namespace kontor {

struct CompanyRegistered;
struct BuyerRegistered;
struct CreditLimitSet;
struct CreditCommitted;
struct CreditReleased;
struct DepositRequested;
struct DepositApplied;
struct DepositReleased;
struct OrderHeld;
struct HoldReleased;
struct RuleSet;
struct PolicySet;
struct StockReserved;
struct ReservationReleased;
struct OrderFailed;
struct OrderRepriced;
struct ItemRegistered;
struct AssortmentDefined;
struct TermsDefined;
struct Grounds;
struct GoodsShipped;
struct ChargesShipped;
struct GoodsReturned;
struct OrderAmended;
struct InvoiceIssued;
struct CreditNoteIssued;
struct CreditNoteApplied;
struct CreditNoteUnapplied;
struct CreditNoteCancelled;
struct PaymentReceived;
struct PaymentApplied;
struct PaymentUnapplied;
struct PaymentReversed;
struct RefundPaid;
struct FollowUpAdvanced;
struct BusinessDayOpened;
struct BudgetSet;
struct SpendingReturned;

struct DueAmount {
  Date due;  // kNoDate: not known yet
  Minor amount;
};
struct TermsAmount {
  TermsId terms;  // none: due at once
  Minor amount;
};
// Receivable by days overdue: not due, 1-30, 31-60, 61-90, over 90.
using Ageing = std::array<Minor, 5>;

struct HeldOrder {
  OrderRef order;
  CompanyId company;         // whose order; not set in logs of the first release
  BuyerId buyer;             // who placed it; may be not set
  Minor need;                // what it would add to the exposure
  bool credit_only = false;  // room for `need` alone releases it
  bool forced = false;       // only a person does
  bool needs_room = false;   // less room than `need` does not release it, whatever else changes
  Moment moment = Moment::placement;  // at which it was held
  std::uint64_t why = 0;              // see HoldMark
};

// Tells the reasons of one hold from those of another by the rules that make them, in order.
class HoldMark {
 public:
  void add(std::uint64_t rule, std::uint16_t code);
  std::uint64_t value() const { return mark_; }

 private:
  std::uint64_t last_ = 0;
  std::uint64_t mark_ = 0;
};

// What the held orders of a payer depend on beside its own account, as told when they were held.
struct Watched {
  std::vector<CompanyId> limits;  // whose limits they meet, with all below; empty: the payer's own
  bool looks_up = false;          // accounts above the payer's are read
  bool looks_around = false;      // items, assortments and terms are
  friend bool operator==(const Watched&, const Watched&) = default;
};

class Account {
 public:
  CurrencyCode currency;
  std::optional<Minor> limit;
  Date expires = kNoDate;
  Date review = kNoDate;
  Sequence limit_set_at;

  Minor bucket(Bucket bucket) const { return buckets_.at(static_cast<std::size_t>(bucket)); }
  std::array<Int128, 5> sums() const;  // the buckets
  // ordered + delivered + receivable - deposits - unapplied
  Minor exposure() const;
  std::optional<Minor> available() const;  // limit - exposure; nothing without a limit
  std::span<const DueAmount> by_due() const { return by_due_; }        // ascending, no zeros
  std::span<const TermsAmount> by_terms() const { return by_terms_; }  // ascending, no zeros
  Ageing ageing(Date business_date) const;
  const std::map<std::uint64_t, HeldOrder>& held() const { return held_; }  // by birth
  // As it would stand had the payer paid so much: the oldest due first, the rest on account.
  // Without the held orders; by_terms is as it was.
  Account as_if_paid(Minor amount) const;
  const Watched& watched() const { return watched_; }  // of those held
  // Of its payments and credit notes, what is in deposits of orders and not deducted: it may become
  // unapplied again.
  Minor deposited() const { return deposited_; }

 private:
  friend class Credit;
  std::array<Minor, 5> buckets_;
  std::vector<DueAmount> by_due_;
  std::vector<TermsAmount> by_terms_;
  std::map<std::uint64_t, HeldOrder> held_;
  Watched watched_;
  Minor deposited_;
  std::set<std::pair<std::int64_t, std::uint64_t>> needs_;  // of held orders, smallest first
};

class Credit {
 public:
  static constexpr std::uint32_t kNumber = 10;

  void on(const Envelope& by, const CompanyRegistered& event);
  void on(const Envelope& by, const BuyerRegistered& event);
  void on(const Envelope& by, const CreditLimitSet& event);
  void on(const Envelope& by, const CreditCommitted& event);
  void on(const Envelope& by, const CreditReleased& event);
  void on(const Envelope& by, const DepositRequested& event);
  void on(const Envelope& by, const DepositApplied& event);
  void on(const Envelope& by, const DepositReleased& event);
  void on(const Envelope& by, const OrderHeld& event);
  void on(const Envelope& by, const HoldReleased& event);
  void on(const Envelope& by, const RuleSet& event);
  void on(const Envelope& by, const PolicySet& event);
  void on(const Envelope& by, const ItemRegistered& event);
  void on(const Envelope& by, const AssortmentDefined& event);
  void on(const Envelope& by, const TermsDefined& event);
  void on(const Envelope& by, const GoodsShipped& event);
  void on(const Envelope& by, const ChargesShipped& event);
  void on(const Envelope& by, const StockReserved& event);
  void on(const Envelope& by, const ReservationReleased& event);
  void on(const Envelope& by, const OrderFailed& event);
  void on(const Envelope& by, const OrderRepriced& event);
  void on(const Envelope& by, const GoodsReturned& event);
  void on(const Envelope& by, const OrderAmended& event);
  void on(const Envelope& by, const InvoiceIssued& event);
  void on(const Envelope& by, const CreditNoteIssued& event);
  void on(const Envelope& by, const CreditNoteApplied& event);
  void on(const Envelope& by, const CreditNoteUnapplied& event);
  void on(const Envelope& by, const CreditNoteCancelled& event);
  void on(const Envelope& by, const PaymentReceived& event);
  void on(const Envelope& by, const PaymentApplied& event);
  void on(const Envelope& by, const PaymentUnapplied& event);
  void on(const Envelope& by, const PaymentReversed& event);
  void on(const Envelope& by, const RefundPaid& event);
  void on(const Envelope& by, const BusinessDayOpened& event);
  void on(const Envelope& by, const BudgetSet& event);
  void on(const Envelope& by, const SpendingReturned& event);
  void on(const Envelope& by, const FollowUpAdvanced& event);

  std::uint32_t account_count() const { return static_cast<std::uint32_t>(accounts_.size()); }
  const Account& account(CompanyId payer) const { return accounts_.at(payer.value()); }
  const CreditTree& tree() const { return tree_; }
  // What an order's deposit takes off what it counts.
  Minor counted_deposit(OrderRef order) const;
  const std::map<std::uint64_t, Minor>& counted_deposits() const { return counted_deposits_; }
  // What the company and all below it count in its currency; nothing: they count in others too.
  std::optional<Int128> exposure_with_below(CompanyId company) const;
  // Whether some held order of the payer could pass now: one that lacks something else than room,
  // or one with room.
  bool may_release(CompanyId payer) const;

  std::optional<FollowUp> next_follow_up() const;
  std::size_t follow_up_count() const { return to_examine_.size(); }

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  // What made it: room, which the smallest needs find, or anything else, which may have changed
  // what holds any of them.
  enum class Reach : std::uint8_t { kRoom, kWhole };
  struct Examination {
    std::uint32_t payer = 0;
    std::uint64_t from = 0;
    std::uint64_t cause = 0;
    Reach reach = Reach::kRoom;
    bool again = false;
  };
  // (ordinal of a company or buyer, payer, order): held orders by whose and by whom.
  using HeldBy = std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint64_t>>;

  template <class Moves>
  void fold(const Envelope& by, const Moves* moves);
  template <class Moves>
  void fold_deposited(const Moves* moves);
  void want_examination(std::uint32_t payer, Sequence cause, Reach reach);
  void examine_everyone(Sequence cause);
  void examine_payers_of(const HeldBy& index, std::uint32_t ordinal, Sequence cause);
  void examine_who_look_around(Sequence cause);
  void examine_who_look_up_to(std::uint32_t company, Sequence cause, Reach reach);
  void examine_relatives(std::uint32_t company, Sequence cause);
  // Nothing: no limit binds.
  std::optional<Int128> room(const Account& account) const;
  void note_watched(std::uint32_t payer);
  void load_account(Source& in, std::uint32_t payer);
  void load_held(Source& in, std::uint32_t payer);
  bool load_tree(std::vector<std::uint32_t> parents);
  Status check_tree() const;
  void remember_held(std::uint32_t payer, const HeldOrder& held);
  void forget_held(std::uint32_t payer, std::uint64_t order);

  std::vector<Account> accounts_;                    // by company
  CreditTree tree_;                                  // of the same companies
  std::map<std::uint64_t, Minor> counted_deposits_;  // by order, no zeros
  std::set<std::uint32_t> with_held_;                // payers that have held orders
  std::set<std::uint32_t> look_up_;                  // those of them whose watched look up
  HeldBy held_by_company_;
  HeldBy held_by_buyer_;
  std::set<std::uint32_t> spending_holds_;  // rules that hold by budget or period limit
  std::vector<Examination> to_examine_;     // oldest first
  std::set<std::uint32_t> being_examined_;  // payers in to_examine_
};

}  // namespace kontor
