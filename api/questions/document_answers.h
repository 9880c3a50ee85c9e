// The answers about one document, from its state: the present one's or a past one's. `names` is the
// book as it is, for the names of what the document refers to. For .cc files (flatbuffers).
#pragma once

#include <span>

#include "history_answers_generated.h"

#include "projections/book.h"
#include "projections/past.h"

namespace kontor::questions {

wire::OrderAnswerT order_answer(const Book& names, const Orders& orders, const Order& order,
                                std::span<const HeldPart> held);

struct InvoiceState {
  const Invoice& invoice;
  std::span<const InstalmentState> instalments;
  std::span<const InvoiceLineState> lines;
  std::span<const InvoiceTaxState> taxes;
  std::span<const CreditNoteRef> credit_notes;
};
wire::InvoiceAnswerT invoice_answer(const Book& names, const InvoiceState& state);

wire::PaymentAnswerT payment_answer(const Book& names, const Payment& payment,
                                    const Settlements& settlements);
wire::CreditNoteAnswerT credit_note_answer(const Book& names, const CreditNotes& notes,
                                           const CreditNote& note, const Settlements& settlements);

}  // namespace kontor::questions
