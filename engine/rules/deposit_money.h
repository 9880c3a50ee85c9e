// The money of deposits: received of payments and credit notes, deducted from invoices, given back
// to what it came from. Rules: domain, Credit, and Terms, invoices, payments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "credit_generated.h"
#include "payment_generated.h"
#include "record_payment_generated.h"

#include "engine/rules/spending.h"
#include "engine/step.h"

namespace kontor {

inline constexpr std::size_t kDepositOrdersMax = 512;  // that one payment or credit note is in
inline constexpr std::size_t kDepositSharesMax = 256;  // of one deposit

// ---- received

// An order that a payment or credit note is for, and at most how much of its deposit.
struct DepositWish {
  OrderRef order;
  Minor most;
};

// The orders named, checked. Nothing after refusing. stated: no more than lacks may be
// (more_than_open); else what is beyond that stays unapplied.
using PayOrders = flatbuffers::Vector<const PayOrder*>;
struct NamedOrders {
  const PayOrders* orders = nullptr;
  const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* names = nullptr;
};
std::vector<DepositWish> find_deposits(Step& step, const NamedOrders& named, CurrencyCode currency,
                                       bool stated);
// What of the wishes `left` pays: an entry for each order that gets something, once.
std::vector<DepositWish> plan_deposits(const Book& book, const std::vector<DepositWish>& wishes,
                                       std::uint64_t source, Minor left);
// Emits DepositApplied for each. application: the caller's document, may be empty.
void emit_deposited(Step& step, const CreditSource& source, std::string_view application,
                    const std::vector<DepositWish>& deposits);

// ---- deducted

// What an invoice takes of the deposit.
struct Deduction {
  Minor amount;
  std::vector<DepositPart> parts;
};
// In proportion: billed is what the invoice takes of the `left` of the order that was not billed
// yet, of which the last part takes the rest; total is the invoice's.
Deduction plan_deduction(const Book& book, const Order& order, Minor billed, Minor total);
// Of an invoice that deducts it: the parts that payments pay, as if they were applied.
std::vector<Application> payments_of(const Deduction& deduction, std::uint64_t invoice, Date due,
                                     std::uint16_t currency);

// ---- given back

// What of a payment or credit note is in the deposit of an order.
struct DepositBack {
  OrderRef order;
  Minor amount;
};
// All of it, or the newest `amount` of it; the newest order first.
std::vector<DepositBack> newest_deposited(const Book& book, std::uint64_t source, Minor amount);
Minor sum_of(const std::vector<DepositBack>& parts);
Minor deposited_in(const Book& book, std::uint64_t source, OrderRef order);
// Emits DepositReleased for each: it is unapplied again. undo: the caller's document, may be empty.
void emit_undeposited(Step& step, const CreditSource& source, DepositRelease cause,
                      std::string_view undo, const std::vector<DepositBack>& parts);

// Gives back what a deposit has beyond what is left of its order to be billed; newest first.
void return_excess_deposit(Step& step, OrderRef order);
// The same where something of the order was cancelled: of one with nothing left to be billed
// nothing more is asked either.
void settle_deposit(Step& step, OrderRef order);

}  // namespace kontor
