// Money received is never refused for being too much: what pays no invoice or deposit is unapplied.
#include "payment_generated.h"
#include "record_payment_generated.h"

#include "engine/commands.h"
#include "engine/rules/budgets.h"
#include "engine/rules/deposit_money.h"
#include "engine/rules/policy.h"
#include "engine/rules/pool.h"
#include "engine/rules/refusals.h"
#include "engine/rules/spending.h"
#include "engine/rules/taking.h"
#include "events/base/limits.h"
#include "projections/fold.h"

namespace kontor {
namespace {

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
    step.refuse(too_many(Subject::payment, kApplicationsMax, "invoices"));
  }
  if (run(command.orders()).size() > kDepositOrdersMax) {
    step.refuse(too_many(Subject::payment, kDepositOrdersMax, "orders"));
  }
  return payer;
}

CreditSource emit_received(Step& step, const RecordPayment& command, CompanyId payer,
                           CurrencyCode currency) {
  const CreditSource source{Subject::payment, step.next_sequence().value(), payer, currency,
                            Minor{command.amount()}};
  const std::vector<CreditMove> moves = {unapplied_move(source, source.unapplied)};
  step.emit<PaymentReceived>(0, [&](flatbuffers::FlatBufferBuilder& out) {
    const auto name = text(out, view(command.payment()));
    const auto reference = text(out, view(command.reference()));
    return CreatePaymentReceived(out, name, payer.value(), command.amount(), currency.value(),
                                 reference, structs(out, moves));
  });
  return source;
}

}  // namespace

void decide(Step& step, const RecordPayment& command) {
  const std::optional<CompanyId> payer = check_payment(step, command);
  if (!payer) return;
  const CurrencyCode currency = step.book().credit().account(*payer).currency;
  const auto named = find_invoices(step, command, currency);
  const auto orders = find_deposits(step, {command.orders(), command.names()}, currency, false);
  if (step.refused()) return;

  const CreditSource payment = emit_received(step, command, *payer, currency);
  Spending spending(step.book(), payment.unapplied, applications_max(step.book()));
  for (const auto& [invoice, most] : named)
    spending.pay_invoice(*invoice, most);
  const auto deposits = plan_deposits(step.book(), orders, payment.ref, spending.left());
  for (const DepositWish& deposit : deposits)
    spending.set_aside(deposit.most);
  if (policy_is(step.book(), PolicyKey::payment_auto_apply, {*payer}, "oldest_due_first")) {
    spending.pay_oldest(*payer);
  }
  if (!spending.empty()) emit_applied(step, payment, "", spending);
  emit_deposited(step, payment, "", deposits);
}

}  // namespace kontor
