#include "engine/rules/spending.h"

#include <algorithm>
#include <map>

#include "credit_note_generated.h"

#include "engine/rules/budgets.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

Application application_of(const AppliedPart& part, Minor amount, std::uint16_t currency) {
  return Application(part.invoice, amount.value(), part.due,
                     static_cast<std::uint16_t>(part.instalment), currency);
}

const Invoice& invoice_of(const Book& book, std::uint64_t ref) {
  const Invoice* const invoice = book.receivables().find_invoice(InvoiceRef{ref});
  KONTOR_ASSERT(invoice != nullptr);
  return *invoice;
}

CreditMove receivable_move(const Invoice& invoice, Date due, Minor amount) {
  return CreditMove(invoice.ref, amount.value(), amount.value(), invoice.payer, invoice.terms,
                    due.value(), invoice.currency, invoice.currency, Bucket::receivable);
}

Minor sum_of(const std::vector<Application>& parts) {
  Minor sum;
  for (const Application& part : parts)
    sum += Minor{part.amount()};
  return sum;
}

std::optional<CreditSource> expect_credit_note(Step& step, std::string_view name) {
  const CreditNote* const note = step.book().credit_notes().find(name);
  if (note == nullptr) {
    step.refuse(about(ReasonCode::unknown_credit_note, Subject::credit_note, name));
    return std::nullopt;
  }
  expect_version(step, note->version, Subject::credit_note, name);
  if (note->cancelled != 0) {
    step.refuse(about(ReasonCode::credit_note_cancelled, Subject::credit_note, name, note->ref));
  }
  return source_of(*note);
}

}  // namespace

// ---- the source ---------------------------------------------------------------------------------

CreditSource source_of(const Payment& payment) {
  return {Subject::payment, payment.ref, CompanyId{payment.payer}, CurrencyCode{payment.currency},
          payment.unapplied()};
}

CreditSource source_of(const CreditNote& note) {
  return {Subject::credit_note, note.ref, CompanyId{note.payer}, CurrencyCode{note.currency},
          note.unapplied()};
}

std::optional<CreditSource> expect_source(Step& step, const SourceNames& names) {
  if (names.payment.empty() == names.credit_note.empty()) {
    step.refuse(
        about(ReasonCode::invalid_value, Subject::command, "exactly one of payment, credit_note"));
    return std::nullopt;
  }
  if (names.payment.empty()) return expect_credit_note(step, names.credit_note);
  const Payment* const payment = step.book().receivables().find_payment(names.payment);
  if (payment == nullptr) {
    step.refuse(about(ReasonCode::unknown_payment, Subject::payment, names.payment));
    return std::nullopt;
  }
  expect_version(step, payment->version, Subject::payment, names.payment);
  return source_of(*payment);
}

void expect_currency(Step& step, const CreditSource& source, std::string_view name,
                     CurrencyCode currency) {
  if (currency.value() == 0 || currency == source.currency) return;
  step.refuse(about(ReasonCode::currency_mismatch, source.kind, name, source.ref));
}

Minor expect_unapplied(Step& step, const CreditSource& source, std::string_view name,
                       std::int64_t wanted) {
  const Minor amount = wanted == kAbsent ? source.unapplied : Minor{wanted};
  if (wanted != kAbsent && amount <= Minor{0}) {
    step.refuse(with_money(about(ReasonCode::not_positive, source.kind, name, source.ref), amount,
                           Minor{0}, source.currency));
  } else if (amount > source.unapplied || amount == Minor{0}) {
    step.refuse(with_money(about(ReasonCode::more_than_unapplied, source.kind, name, source.ref),
                           amount, source.unapplied, source.currency));
  }
  return amount;
}

// ---- spending -----------------------------------------------------------------------------------

void Spending::pay_invoice(const Invoice& invoice, Minor most) {
  const auto instalments = book_.receivables().instalments(invoice);
  const auto earlier = [](const InstalmentState& a, const InstalmentState& b) {
    return a.due < b.due;
  };
  if (std::is_sorted(instalments.begin(), instalments.end(), earlier)) {  // nearly always
    for (const InstalmentState& part : instalments)
      most -= pay(invoice, part, most);
    return;
  }
  std::vector<InstalmentState> by_due(instalments.begin(), instalments.end());
  std::stable_sort(by_due.begin(), by_due.end(), earlier);
  for (const InstalmentState& part : by_due)
    most -= pay(invoice, part, most);
}

void Spending::pay_oldest(CompanyId payer) {
  for (const OpenInstalment& open : book_.receivables().open_of(payer)) {
    if (left_ <= Minor{0}) return;
    const Invoice& invoice = invoice_of(book_, open.invoice.value());
    pay(invoice, book_.receivables().instalments(invoice)[open.number - 1], left_);
  }
}

Minor Spending::pay(const Invoice& invoice, const InstalmentState& part, Minor most) {
  if (part.open <= Minor{0} || applications_.size() >= parts_max_) return Minor{0};
  if (was_paid(invoice, part)) {
    KONTOR_MARK("an instalment named twice by a payment");
    return Minor{0};
  }
  // A part may be more than the whole where the balance is below zero.
  const Minor amount = std::min({left_, most, part.open, invoice.open - applied_to(invoice)});
  if (amount <= Minor{0}) return Minor{0};
  applications_.emplace_back(invoice.ref, amount.value(), part.due,
                             static_cast<std::uint16_t>(part.number), invoice.currency);
  moves_.push_back(receivable_move(invoice, Date{part.due}, -amount));
  left_ -= amount;
  return amount;
}

bool Spending::was_paid(const Invoice& invoice, const InstalmentState& part) const {
  return std::any_of(applications_.begin(), applications_.end(), [&](const Application& a) {
    return a.invoice() == invoice.ref && a.instalment() == part.number;
  });
}

Minor Spending::applied_to(const Invoice& invoice) const {
  Minor sum;
  for (const Application& part : applications_) {
    if (part.invoice() == invoice.ref) sum += Minor{part.amount()};
  }
  return sum;
}

CreditMove unapplied_move(const CreditSource& source, Minor amount) {
  return CreditMove(source.ref, amount.value(), amount.value(), source.payer.value(), kNoOrdinal,
                    kNoDate.value(), source.currency.value(), source.currency.value(),
                    Bucket::unapplied);
}

// ---- what comes back ----------------------------------------------------------------------------

std::vector<Application> applied_to(const Book& book, std::uint64_t source, InvoiceRef invoice) {
  const std::uint16_t currency = invoice_of(book, invoice.value()).currency;
  std::vector<Application> out;
  book.settlements().for_each_part(source, [&](const AppliedPart& part) {
    if (part.invoice == invoice.value()) out.push_back(application_of(part, part.amount, currency));
  });
  return out;
}

std::vector<Application> newest_applied(const Book& book, std::uint64_t source, Minor amount) {
  std::vector<Application> out;
  book.settlements().for_each_part(source, [&](const AppliedPart& part) {
    const Minor cut = std::min(amount, part.amount);
    if (cut <= Minor{0}) return;
    out.push_back(application_of(part, cut, invoice_of(book, part.invoice).currency));
    amount -= cut;
  });
  return out;
}

void expect_room_to_return(Step& step, const CreditSource& source,
                           const std::vector<Application>& parts) {
  const Book& book = step.book();
  std::map<std::uint32_t, Minor> coming;  // by payer
  for (const Application& part : parts) {
    coming[invoice_of(book, part.invoice()).payer] += Minor{part.amount()};
    coming[source.payer.value()] += Minor{part.amount()};
  }
  for (const auto& [payer, amount] : coming) {
    if (account_has_room(book, CompanyId{payer}, amount)) continue;
    step.refuse(with_money(about(ReasonCode::amount_overflow, Subject::company,
                                 book.parties().name(CompanyId{payer}), payer),
                           amount, Minor{limits::kSumMax}, source.currency));
  }
}

namespace {

// The events of payments and of credit notes have the same fields.
template <class Event, auto create>
void emit_parts(Step& step, const CreditSource& source, std::string_view document,
                const std::vector<Application>& parts, const std::vector<CreditMove>& moves) {
  step.emit<Event>(source.ref, [&](flatbuffers::FlatBufferBuilder& out) {
    const auto applications = structs(out, parts);
    const auto move_list = structs(out, moves);
    return create(out, source.ref, source.payer.value(), source.currency.value(), applications,
                  move_list, text(out, document));
  });
}

}  // namespace

void emit_applied(Step& step, const CreditSource& source, std::string_view document,
                  const Spending& spending) {
  const std::vector<Application>& parts = spending.applications();
  std::vector<CreditMove> moves;
  moves.reserve(spending.moves().size() + 1);
  moves.assign(spending.moves().begin(), spending.moves().end());
  moves.push_back(unapplied_move(source, -sum_of(parts)));
  if (source.kind == Subject::payment) {
    emit_parts<PaymentApplied, &CreatePaymentApplied>(step, source, document, parts, moves);
    spend_by_paying(step, parts);
  } else {
    emit_parts<CreditNoteApplied, &CreateCreditNoteApplied>(step, source, document, parts, moves);
  }
}

void emit_unapplied(Step& step, const CreditSource& source, std::string_view document,
                    const std::vector<Application>& parts) {
  std::vector<CreditMove> moves;
  for (const Application& part : parts) {
    moves.push_back(receivable_move(invoice_of(step.book(), part.invoice()), Date{part.due()},
                                    Minor{part.amount()}));
  }
  moves.push_back(unapplied_move(source, sum_of(parts)));
  if (source.kind == Subject::payment) {
    emit_parts<PaymentUnapplied, &CreatePaymentUnapplied>(step, source, document, parts, moves);
    unspend_by_paying(step, parts);
  } else {
    emit_parts<CreditNoteUnapplied, &CreateCreditNoteUnapplied>(step, source, document, parts,
                                                                moves);
  }
}

void apply_to_own_invoice(Step& step, const CreditSource& note, InvoiceRef ref) {
  const Book& book = step.book();
  const std::size_t before = book.settlements().part_count(note.ref);
  if (before >= kApplicationsMax) return;
  Spending spending(book, note.unapplied, kApplicationsMax - before);
  spending.pay_invoice(invoice_of(book, ref.value()), note.unapplied);
  if (!spending.empty()) emit_applied(step, note, "", spending);
}

}  // namespace kontor
