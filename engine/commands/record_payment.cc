// Money received is never refused for being too much: what pays no invoice is unapplied.
#include <algorithm>

#include "payment_generated.h"
#include "record_payment_generated.h"

#include "engine/commands.h"
#include "engine/rules/pool.h"
#include "engine/rules/refusals.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"
#include "events/base/mark.h"
#include "projections/fold.h"

namespace kontor {
namespace {

constexpr std::size_t kApplicationsMax = 4096;  // of one payment; the rest stays unapplied

// Spends a payment on instalments, each once, and remembers the moves.
class Spending {
 public:
  Spending(const Book& book, CompanyId payer, Minor amount)
      : book_(book), payer_(payer), left_(amount) {}

  // Closes instalments of an invoice, oldest due first, with at most `most`.
  void pay_invoice(const Invoice& invoice, Minor most) {
    std::vector<const InstalmentState*> parts;
    for (const InstalmentState& part : book_.receivables().instalments(invoice))
      parts.push_back(&part);
    std::stable_sort(
        parts.begin(), parts.end(),
        [](const InstalmentState* a, const InstalmentState* b) { return a->due < b->due; });
    for (const InstalmentState* const part : parts)
      most -= pay(invoice, *part, most);
  }
  void pay_oldest() {
    for (const OpenInstalment& open : book_.receivables().open_of(payer_)) {
      if (left_ <= Minor{0}) return;
      const Invoice& invoice = *book_.receivables().find_invoice(open.invoice);
      pay(invoice, book_.receivables().instalments(invoice)[open.number - 1], left_);
    }
  }
  const std::vector<Application>& applications() const { return applications_; }
  const std::vector<CreditMove>& moves() const { return moves_; }

 private:
  Minor pay(const Invoice& invoice, const InstalmentState& part, Minor most) {
    if (part.open <= Minor{0} || applications_.size() == kApplicationsMax) return Minor{0};
    if (was_paid(invoice, part)) {
      KONTOR_MARK("an instalment named twice by a payment");
      return Minor{0};
    }
    // A part may be more than the whole where the balance is below zero.
    const Minor amount = std::min({left_, most, part.open, invoice.open - applied_to(invoice)});
    if (amount <= Minor{0}) return Minor{0};
    applications_.emplace_back(invoice.ref, amount.value(), part.due,
                               static_cast<std::uint16_t>(part.number), invoice.currency);
    moves_.emplace_back(invoice.ref, -amount.value(), -amount.value(), invoice.payer, invoice.terms,
                        part.due, invoice.currency, invoice.currency, Bucket::receivable);
    if (invoice.payer != payer_.value()) KONTOR_MARK("a payment for somebody else");
    left_ -= amount;
    return amount;
  }
  bool was_paid(const Invoice& invoice, const InstalmentState& part) const {
    return std::any_of(applications_.begin(), applications_.end(), [&](const Application& a) {
      return a.invoice() == invoice.ref && a.instalment() == part.number;
    });
  }

  Minor applied_to(const Invoice& invoice) const {
    Minor sum;
    for (const Application& part : applications_) {
      if (part.invoice() == invoice.ref) sum += Minor{part.amount()};
    }
    return sum;
  }

  const Book& book_;
  CompanyId payer_;
  Minor left_;
  std::vector<Application> applications_;
  std::vector<CreditMove> moves_;
};

// The invoices named, checked; they may be other companies' (a parent pays for its subsidiary).
std::vector<std::pair<const Invoice*, Minor>> find_invoices(Step& step,
                                                            const RecordPayment& command,
                                                            CurrencyCode currency) {
  std::vector<std::pair<const Invoice*, Minor>> out;
  for (const PayInvoice& wanted : run(command.invoices())) {
    const std::string_view name = pool_name(command.names(), wanted.invoice());
    const Invoice* const invoice = step.book().receivables().find_invoice(name);
    if (invoice == nullptr) {
      step.refuse(about(ReasonCode::unknown_invoice, Subject::invoice, name));
      continue;
    }
    if (invoice->currency != currency.value()) {
      step.refuse(about(ReasonCode::currency_mismatch, Subject::invoice, name, invoice->ref));
    }
    if (wanted.amount() != kAbsent && wanted.amount() <= 0) {
      step.refuse(with_money(about(ReasonCode::not_positive, Subject::invoice, name, invoice->ref),
                             Minor{wanted.amount()}, Minor{0}, currency));
      continue;
    }
    out.emplace_back(invoice,
                     wanted.amount() == kAbsent ? Minor{INT64_MAX} : Minor{wanted.amount()});
  }
  return out;
}

std::optional<CompanyId> check_payment(Step& step, const RecordPayment& command) {
  const std::string_view name = view(command.payment());
  expect_identifier(step, Subject::payment, name);
  expect_text(step, "reference", view(command.reference()));
  if (step.book().receivables().find_payment(name) != nullptr) {
    step.refuse(about(ReasonCode::payment_exists, Subject::payment, name));
  }
  const auto payer = step.book().parties().find_company(view(command.payer()));
  if (!payer) {
    step.refuse(about(ReasonCode::unknown_company, Subject::company, view(command.payer())));
    return std::nullopt;
  }
  const CurrencyCode currency = step.book().credit().account(*payer).currency;
  if (command.currency() != 0 && CurrencyCode{command.currency()} != currency) {
    step.refuse(about(ReasonCode::currency_mismatch, Subject::company, view(command.payer()),
                      payer->value()));
  }
  const Minor amount{command.amount()};
  if (amount <= Minor{0}) {
    step.refuse(with_money(about(ReasonCode::not_positive, Subject::payment, name), amount,
                           Minor{0}, currency));
  }
  const bool fits = amount.value() <= limits::kDocumentMinorMax &&
                    (amount <= Minor{0} || account_has_room(step.book(), *payer, amount));
  if (!fits) {
    step.refuse(with_money(about(ReasonCode::amount_overflow, Subject::payment, name), amount,
                           Minor{limits::kDocumentMinorMax}, currency));
  }
  if (run(command.invoices()).size() > kApplicationsMax) {
    step.refuse(about(ReasonCode::too_many, Subject::payment, "at most 4096 invoices"));
  }
  return payer;
}

CreditMove unapplied_move(std::uint64_t payment, CompanyId payer, CurrencyCode currency,
                          Minor amount) {
  return CreditMove(payment, amount.value(), amount.value(), payer.value(), kNoOrdinal,
                    kNoDate.value(), currency.value(), currency.value(), Bucket::unapplied);
}

PaymentRef emit_received(Step& step, const RecordPayment& command, CompanyId payer,
                         CurrencyCode currency) {
  const std::vector<CreditMove> moves = {
      unapplied_move(step.next_sequence().value(), payer, currency, Minor{command.amount()})};
  const Sequence birth = step.emit<PaymentReceived>(0, [&](flatbuffers::FlatBufferBuilder& out) {
    const auto name = text(out, view(command.payment()));
    const auto reference = text(out, view(command.reference()));
    return CreatePaymentReceived(out, name, payer.value(), command.amount(), currency.value(),
                                 reference, structs(out, moves));
  });
  return PaymentRef{birth.value()};
}

void emit_applied(Step& step, PaymentRef payment, CompanyId payer, CurrencyCode currency,
                  const Spending& spending) {
  Minor sum;
  for (const Application& part : spending.applications())
    sum += Minor{part.amount()};
  std::vector<CreditMove> moves = spending.moves();
  moves.push_back(unapplied_move(payment.value(), payer, currency, -sum));
  step.emit<PaymentApplied>(payment.value(), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto applications = structs(out, spending.applications());
    return CreatePaymentApplied(out, payment.value(), payer.value(), currency.value(), applications,
                                structs(out, moves));
  });
}

}  // namespace

void decide(Step& step, const RecordPayment& command) {
  const std::optional<CompanyId> payer = check_payment(step, command);
  if (!payer) return;
  const CurrencyCode currency = step.book().credit().account(*payer).currency;
  const auto named = find_invoices(step, command, currency);
  if (step.refused()) return;

  const PaymentRef payment = emit_received(step, command, *payer, currency);
  Spending spending(step.book(), *payer, Minor{command.amount()});
  for (const auto& [invoice, most] : named)
    spending.pay_invoice(*invoice, most);
  if (step.book().policies().is(PolicyKey::payment_auto_apply, "oldest_due_first")) {
    spending.pay_oldest();
  }
  if (!spending.applications().empty()) emit_applied(step, payment, *payer, currency, spending);
}

}  // namespace kontor
