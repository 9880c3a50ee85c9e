// The answers about one document, from its state: the present one's or a past one's. `names` is the
// book as it is, for the names of what the document refers to. For .cc files (flatbuffers).
#pragma once

#include <span>

#include "history_answers_generated.h"

#include "projections/book.h"
#include "projections/past.h"

namespace kontor::questions {

// What is kept beside an order.
struct OrderParts {
  std::span<const HeldPart> held;
  const Deposits& deposits;
};
wire::OrderAnswerT order_answer(const Book& names, const Orders& orders, const Order& order,
                                const OrderParts& parts);

struct InvoiceState {
  const Invoice& invoice;
  std::span<const InstalmentState> instalments;
  std::span<const InvoiceLineState> lines;
  std::span<const InvoiceTaxState> taxes;
  std::span<const CreditNoteRef> credit_notes;
};
wire::InvoiceAnswerT invoice_answer(const Book& names, const InvoiceState& state);

// Where the money of a payment or credit note is.
struct SpentOn {
  const Settlements& settlements;
  std::span<const InDeposit> deposits;
};
wire::PaymentAnswerT payment_answer(const Book& names, const Payment& payment,
                                    const SpentOn& spent);
wire::CreditNoteAnswerT credit_note_answer(const Book& names, const CreditNotes& notes,
                                           const CreditNote& note, const SpentOn& spent);

}  // namespace kontor::questions
