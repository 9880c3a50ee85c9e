// Orders and their lines: what was ordered and in which box every unit lies. Folds what happens to
// orders. Rules: domain, Orders (the boxes and the part rule). An order that is settled and that no
// event has touched for as many events as BookOpened says leaves at the end of a decision
// (settling.cc); DocumentReopened brings it back.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "values_generated.h"

#include "events/base/assert.h"
#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "projections/envelope.h"
#include "projections/places.h"
#include "projections/prefetch.h"
#include "projections/returns.h"
#include "projections/settled.h"
#include "projections/sink.h"
#include "projections/slot_names.h"
#include "projections/tables.h"

namespace kontor {

struct BookOpened;
struct DocumentReopened;
struct OrderPlaced;
struct OrderApproved;
struct ApprovalRequested;
struct ApprovalGranted;
struct OrderRejected;
struct ApprovalWithdrawn;
struct ApprovalOverridden;
struct ApprovalExpired;
struct CreditCommitted;
struct CreditReleased;
struct DepositRequested;
struct DepositApplied;
struct DepositReleased;
struct OrderHeld;
struct HoldReleased;
struct LinesCancelled;
struct OrderAmended;
struct AmendedLine;
struct OrderFailed;
struct OrderRetried;
struct OrderRepriced;
struct OrderLine;
struct RecurringOrderDefined;
struct RecurringOrderStopped;
struct OrderCancelled;
struct OrderFulfilled;
struct StockReserved;
struct LineBackordered;
struct ReservationReleased;
struct GoodsShipped;
struct ChargesShipped;
struct GoodsReturned;
struct InvoiceIssued;
struct CreditNoteIssued;
struct CreditNoteCancelled;

// A line's counters; they only grow, but for reserved, backordered and credited. Money by the part
// rule: a run of units is worth value_of_part(end) - value_of_part(begin), with the boxes laid out
// as billed, delivered, open, cancelled - so the parts of a line always add up to it.
struct OrderLineState {
  Quantity ordered;
  Quantity cancelled;
  Quantity voided;
  Quantity shipped;
  Quantity invoiced;
  Quantity returned;           // all that came back
  Quantity returned_unbilled;  // u: of that, before it was billed
  Quantity credited;           // billed units that credit notes name, without those voided
  Quantity reserved;
  Quantity backordered;
  Quantity valued;  // units that net and gross are for: ordered, but for what amendments took off
  Minor net;
  Minor gross;
  std::int64_t unit_price = 0;
  std::uint32_t item = 0;
  std::uint32_t tax_category = 0;
  std::int32_t tax_rate = 0;
  std::uint32_t spare = 0;

  Quantity billed() const { return invoiced - voided; }
  Quantity gone_ahead() const { return std::max(shipped, billed() + returned_unbilled); }
  Quantity unshipped() const { return ordered - cancelled - voided - shipped; }
  Quantity open() const { return ordered - cancelled - voided - gone_ahead(); }
  // Of that, what has stock: it goes first, and what was billed before it left goes before it.
  Quantity allocated_open() const;
  Quantity delivered() const { return gone_ahead() - billed() - returned_unbilled; }

  Minor open_gross() const {  // what the open units count with tax
    return gross_of(ordered - cancelled - voided) - gross_of(gone_ahead());
  }
  Minor delivered_gross() const {  // delivered, not invoiced
    return gross_of(gone_ahead()) - gross_of(billed() + returned_unbilled);
  }
  Minor allocated_gross() const;  // what allocated_open() is worth with tax
  // What the first units of the line are worth.
  Minor net_of(Quantity units) const { return part_of(net, units); }
  Minor gross_of(Quantity units) const { return part_of(gross, units); }

 private:
  Minor part_of(Minor amount, Quantity units) const {
    if (units == valued) return amount;
    return units == Quantity{0} ? Minor{0} : value_of_part(amount, units, valued);
  }
};

// The line as an event of an amendment or a new price leaves it.
void amend_line(OrderLineState& state, const AmendedLine& amended);

enum class Approval : std::uint8_t { kNone, kPending, kApproved, kRejected };
enum class CreditState : std::uint8_t { kNotTaken, kHeld, kTaken };

struct Order {
  std::uint64_t ref = 0;         // birth sequence; 0: a free place
  std::uint64_t touched_at = 0;  // its last event
  Minor net;
  Minor total;
  Minor agreed;                   // the total that was approved, or is asked for
  Minor released_for;             // the total when a person released it last
  std::uint64_t asked_at = 0;     // the request that waits, or waited
  std::uint64_t held_at = 0;      // the hold in force; 0: none
  std::uint64_t released_at = 0;  // the last release by a person
  std::uint64_t failed_at = 0;    // the failure in force; 0: none
  std::uint64_t run_of = 0;       // the recurring order it is a run of; 0: none
  std::uint32_t company = 0;
  std::uint32_t payer = 0;
  std::uint32_t buyer = kNoOrdinal;
  std::uint32_t terms = kNoOrdinal;
  std::uint32_t region = kNoOrdinal;  // word
  std::uint32_t first_line = 0;
  std::uint32_t line_count = 0;
  std::uint32_t version = 0;
  std::int32_t placed_on = 0;  // effective date
  std::int32_t requested_on = 0;
  std::int32_t release_expires = 0;        // of the last release; kNoDate: never
  std::uint32_t country = kNoOrdinal;      // word; of the ship-to, none: the company's
  std::uint32_t cost_centre = kNoOrdinal;  // word
  std::uint16_t currency = 0;
  Approval approval = Approval::kNone;
  CreditState credit = CreditState::kNotTaken;
  std::uint8_t cancelled = 0;
  std::uint8_t fulfilled = 0;
  std::uint8_t forced_hold = 0;
  std::uint8_t no_split : 4 = 0;
  std::uint8_t reopened : 4 = 0;  // was settled, and named again
  Settlement settlement = Settlement::account;
  CreditFrom credit_from = CreditFrom::order;  // of one that is taken, or was last
  std::uint8_t recurring = 0;                  // placed anew by its runs, never taken itself
  std::uint8_t spare = 0;
};

class Orders {
 public:
  static constexpr std::uint32_t kNumber = 8;

  void on(const Envelope& by, const BookOpened& event);
  void on(const Envelope& by, const DocumentReopened& event);
  void on(const Envelope& by, const OrderPlaced& event);
  void on(const Envelope& by, const OrderApproved& event);
  void on(const Envelope& by, const ApprovalRequested& event);
  void on(const Envelope& by, const ApprovalGranted& event);
  void on(const Envelope& by, const OrderRejected& event);
  void on(const Envelope& by, const ApprovalWithdrawn& event);
  void on(const Envelope& by, const ApprovalOverridden& event);
  void on(const Envelope& by, const ApprovalExpired& event);
  void on(const Envelope& by, const CreditCommitted& event);
  void on(const Envelope& by, const CreditReleased& event);
  void on(const Envelope& by, const DepositRequested& event);
  void on(const Envelope& by, const DepositApplied& event);
  void on(const Envelope& by, const DepositReleased& event);
  void on(const Envelope& by, const OrderHeld& event);
  void on(const Envelope& by, const HoldReleased& event);
  void on(const Envelope& by, const LinesCancelled& event);
  void on(const Envelope& by, const OrderAmended& event);
  void on(const Envelope& by, const OrderFailed& event);
  void on(const Envelope& by, const OrderRetried& event);
  void on(const Envelope& by, const OrderRepriced& event);
  void on(const Envelope& by, const RecurringOrderDefined& event);
  void on(const Envelope& by, const RecurringOrderStopped& event);
  void on(const Envelope& by, const OrderCancelled& event);
  void on(const Envelope& by, const OrderFulfilled& event);
  void on(const Envelope& by, const StockReserved& event);
  void on(const Envelope& by, const LineBackordered& event);
  void on(const Envelope& by, const ReservationReleased& event);
  void on(const Envelope& by, const GoodsShipped& event);
  void on(const Envelope& by, const ChargesShipped& event);
  void on(const Envelope& by, const GoodsReturned& event);
  void on(const Envelope& by, const InvoiceIssued& event);
  void on(const Envelope& by, const CreditNoteIssued& event);
  void on(const Envelope& by, const CreditNoteCancelled& event);
  // The last event of a decision was folded: what has been settled for long enough leaves. Those
  // that did; valid until the next decision ends.
  std::span<const OrderRef> end_decision(Sequence last) {
    return has_due(last) ? let_leave(last) : std::span<const OrderRef>{};
  }

  // Null: none in memory (see settled()). Valid until the next event, or the end of the decision.
  const Order* find(std::string_view name) const;
  const Order* find(OrderRef ref) const {
    const auto index = index_.find(ref.value());
    return index ? &orders_[*index] : nullptr;
  }
  const Order& get(OrderRef ref) const {  // one that exists
    const Order* const order = find(ref);
    KONTOR_ASSERT(order != nullptr);
    return *order;
  }
  std::string_view name(const Order& order) const { return names_.name(index_of(order)); }
  std::span<const OrderLineState> lines(const Order& order) const {
    return std::span(lines_).subspan(order.first_line, order.line_count);
  }
  std::string_view region(const Order& order) const;
  std::string_view country(const Order& order) const;  // empty: the company's
  std::string_view cost_centre(const Order& order) const;
  Places<Order> all() const { return Places<Order>(orders_, names_.size()); }
  std::span<const Order> places() const { return orders_; }  // with free ones, whose ref is 0
  // What is open or delivered of it with tax, whatever of it counts.
  Minor unbilled_gross(const Order& order) const;
  const SettledDocuments& settled() const { return settled_; }
  void tell_left(RecentlyLeft* recently, BookNumber book) {
    settled_.tell(recently, book, SettledKind::kOrder);
  }
  // Nothing will happen to it unless a command names it.
  bool is_settled(const Order& order) const;
  std::uint64_t settled_kept() const { return settled_kept_; }  // events; 0: nothing leaves
  bool has_cancellation(std::string_view name) const {
    return cancellations_.find(name).has_value();
  }
  bool has_amendment(std::string_view name) const { return amendments_.find(name).has_value(); }
  const Returns& returns() const { return returns_; }
  void prefetch(std::string_view name, Prefetch step) const;
  void prefetch(OrderRef ref, Prefetch step) const;
  void prefetch_birth(Sequence birth) const { index_.prefetch(birth.value()); }

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  std::uint32_t index_of(const Order& order) const {
    return static_cast<std::uint32_t>(&order - orders_.data());
  }
  struct Touch {
    std::uint64_t position = 0;
    std::uint64_t order = 0;
  };

  Order& touch(const Envelope& by, std::uint64_t ref);  // counts one more event of it
  void note_touch(Order& order, Sequence position);
  Order& add(std::string_view name, std::uint64_t ref);
  void forget(std::uint32_t index);
  bool has_due(Sequence last) const {
    return !touches_.empty() && touches_.front().position + settled_kept_ <= last.value();
  }
  std::span<const OrderRef> let_leave(Sequence last);
  void prefetch_leaving() const;  // what is looked at some touches from now
  OrderLineState& line(const Order& order, std::uint32_t number);
  OrderLineState& add_line(Order& order);
  void set_lines(Order& order, std::span<const OrderLine> lines);
  static void set_total(Order& order, Minor net, Minor total);
  std::uint32_t take_lines(std::uint32_t count);  // a run of so many, all zero
  void give_lines(std::uint32_t first, std::uint32_t count);
  bool lines_are_sound() const;    // each is of one order, or of one free run
  bool touches_are_sound() const;  // ascending

  SlotNames names_;  // place = index of the order
  NameTable words_;  // regions and countries
  NameTable cancellations_;
  NameTable amendments_;
  KeyTable index_;  // birth sequence to index
  std::vector<Order> orders_;
  std::vector<OrderLineState> lines_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> free_lines_;  // by length of the run
  Returns returns_;
  std::uint64_t settled_kept_ = 0;
  std::deque<Touch> touches_;  // of the last so many events; one where an order's follow each other
  std::vector<OrderRef> left_;  // at the end of the last decision
  SettledDocuments settled_;
};

}  // namespace kontor
