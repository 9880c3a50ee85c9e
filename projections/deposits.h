// Deposits: what of each order is asked before it gets stock, what was received for it of payments
// and credit notes, and what was deducted from its invoices. An order's leaves memory with it and
// comes back with it. Rules: domain, One kind of rule, and Credit.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "projections/envelope.h"
#include "projections/sink.h"

namespace kontor {

struct DepositApplied;
struct DepositReleased;
struct DepositRequested;
struct DocumentReopened;
struct InvoiceIssued;

// What of one payment or credit note is in a deposit.
struct DepositShare {
  std::uint64_t source = 0;  // its birth
  Minor amount;
  CompanyId payer;  // of the payment or credit note
  bool is_credit_note = false;
};

// Why a deposit is asked: the version of a rule, or 0 and a reason that is built in.
struct DepositCause {
  std::uint64_t rule = 0;
  std::uint16_t code = 0;
  friend bool operator==(const DepositCause&, const DepositCause&) = default;
};

struct Deposit {
  Minor asked;     // fixed when it is asked
  Minor deducted;  // from invoices
  Percent percent;
  Sequence asked_at;
  Sequence changed_at;               // the last time something was received or came back
  std::vector<DepositShare> shares;  // not deducted; of a source one, oldest first
  std::vector<DepositCause> causes;  // of an order that came back none

  Minor held() const;  // the sum of the shares
  Minor received() const { return held() + deducted; }
  // What takes off what the order counts: asked or received, not yet deducted.
  Minor undeducted() const;
  // What is not there yet of an order of which `left` is not billed.
  Minor lacking(Minor left) const;
};

class Deposits {
 public:
  static constexpr std::uint32_t kNumber = 24;

  void on(const Envelope& by, const DepositRequested& event);
  void on(const Envelope& by, const DepositApplied& event);
  void on(const Envelope& by, const DepositReleased& event);
  void on(const Envelope& by, const InvoiceIssued& event);
  void on(const Envelope& by, const DocumentReopened& event);
  void forget(OrderRef order) { deposits_.erase(order.value()); }

  // Null: none was ever asked of it.
  const Deposit* find(OrderRef order) const;
  const std::map<std::uint64_t, Deposit>& all() const { return deposits_; }  // by order
  // The orders whose deposits a payment or credit note is in, the oldest first.
  std::span<const std::uint64_t> orders_of(std::uint64_t source) const;

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  void give(std::uint64_t order, const DepositShare& share);
  void take(std::uint64_t order, std::uint64_t source, Minor amount);
  bool lists_agree() const;

  std::map<std::uint64_t, Deposit> deposits_;
  std::map<std::uint64_t, std::vector<std::uint64_t>> orders_of_;  // by source
};

}  // namespace kontor
