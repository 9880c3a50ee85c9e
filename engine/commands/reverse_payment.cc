#include <set>

#include "reverse_payment_generated.h"

#include "engine/commands.h"
#include "engine/rules/authority.h"
#include "engine/rules/deposit_money.h"
#include "engine/rules/refusals.h"
#include "engine/rules/spending.h"
#include "events/base/mark.h"
#include "projections/fold.h"

namespace kontor {
namespace {

// Of credit notes that pay again: an event each; and of instalments they may close.
constexpr std::size_t kRestsMax = 512;
constexpr std::size_t kInstalmentsMax = 2048;

// What of the payment goes back: the amount, or all that was not reversed or refunded before.
Minor read_amount(Step& step, const ReversePayment& command, const Payment& payment) {
  const bool whole = command.amount() == kAbsent;
  const Minor amount = whole ? payment.kept() : Minor{command.amount()};
  const Cause cause =
      about(ReasonCode::more_than_paid, Subject::payment, view(command.payment()), payment.ref);
  const CurrencyCode currency{payment.currency};
  if (whole && amount == Minor{0}) {
    step.refuse(with_money(cause, payment.amount, Minor{0}, currency));
  } else if (amount <= Minor{0}) {
    step.refuse(with_money(
        about(ReasonCode::not_positive, Subject::payment, view(command.payment()), payment.ref),
        amount, Minor{0}, currency));
  } else if (amount > payment.kept()) {
    step.refuse(with_money(cause, amount, payment.kept(), currency));
  }
  return amount;
}

void emit_reversed(Step& step, const CreditSource& payment, std::string_view reversal,
                   Minor amount) {
  const std::vector<CreditMove> moves = {unapplied_move(payment, -amount)};
  step.emit<PaymentReversed>(payment.ref, [&](flatbuffers::FlatBufferBuilder& out) {
    const auto name = text(out, reversal);
    return CreatePaymentReversed(out, payment.ref, payment.payer.value(), name, amount.value(),
                                 payment.currency.value(), structs(out, moves));
  });
}

// A credit note's own invoice that is open again, and what is left of the note.
struct Rest {
  CreditNoteRef note;
  InvoiceRef invoice;
};

// What pays the invoices that come open: the rests of their own credit notes, oldest first.
std::vector<Rest> find_rests(Step& step, const std::vector<Application>& parts) {
  const Book& book = step.book();
  std::vector<Rest> out;
  std::set<std::uint64_t> seen;
  std::size_t instalments = 0;
  for (const Application& part : parts) {
    if (!seen.insert(part.invoice()).second) continue;
    const InvoiceRef invoice{part.invoice()};
    const std::size_t before = out.size();
    for (const CreditNoteRef ref : book.credit_notes().of(invoice)) {
      if (book.credit_notes().find(ref)->unapplied() > Minor{0}) out.push_back({ref, invoice});
    }
    if (out.size() > before)
      instalments += book.receivables().find_invoice(invoice)->instalment_count;
  }
  if (out.size() > kRestsMax || instalments > kInstalmentsMax) {
    step.refuse(too_many(Subject::payment, kRestsMax,
                         "credit notes, of " + std::to_string(kInstalmentsMax) +
                             " instalments, to apply again; reverse it in parts"));
  }
  return out;
}

}  // namespace

void decide(Step& step, const ReversePayment& command) {
  const std::string_view reversal = view(command.reversal());
  expect_identifier(step, Subject::reversal, reversal);
  if (step.book().settlements().has_reversal(reversal)) {
    step.refuse(about(ReasonCode::reversal_exists, Subject::reversal, reversal));
  }
  const SourceNames names{view(command.payment()), ""};
  const auto source = expect_source(step, names);
  if (!source) return;
  expect_currency(step, *source, names.payment, CurrencyCode{command.currency()});
  const Payment& payment = *step.book().receivables().find_payment(names.payment);
  const Minor amount = read_amount(step, command, payment);
  if (step.refused()) return;
  expect_authority(step, SellerAct::reverse_payment, ActAmount{amount, source->currency});
  // What no invoice has had yet goes first.
  const Minor applied = amount - source->unapplied;
  const auto deposits = newest_deposited(step.book(), source->ref, applied);
  const std::vector<Application> parts =
      newest_applied(step.book(), source->ref, applied - sum_of(deposits));
  expect_room_to_return(step, *source, parts);
  const std::vector<Rest> rests = find_rests(step, parts);
  if (step.refused()) return;

  emit_undeposited(step, *source, DepositRelease::returned, "", deposits);
  if (!parts.empty()) emit_unapplied(step, *source, "", parts);
  emit_reversed(step, *source, reversal, amount);
  for (const Rest& rest : rests) {
    KONTOR_MARK("a credit note applied again after a reversal");
    apply_to_own_invoice(step, source_of(*step.book().credit_notes().find(rest.note)),
                         rest.invoice);
  }
}

}  // namespace kontor
