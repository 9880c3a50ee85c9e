#include <map>

#include "apply_credit_generated.h"

#include "engine/commands.h"
#include "engine/rules/budgets.h"
#include "engine/rules/deposit_money.h"
#include "engine/rules/pool.h"
#include "engine/rules/refusals.h"
#include "engine/rules/spending.h"
#include "projections/fold.h"

namespace kontor {
namespace {

struct WantedPayment {
  const Invoice* invoice = nullptr;
  Minor most;
};

void check_application(Step& step, std::string_view application) {
  expect_identifier(step, Subject::application, application);
  if (step.book().settlements().has_application(application)) {
    step.refuse(about(ReasonCode::application_exists, Subject::application, application));
  }
}

// The invoices named, checked against what is open of each; they may be other companies'.
std::vector<WantedPayment> find_invoices(Step& step, const ApplyCredit& command,
                                         const CreditSource& source) {
  std::vector<WantedPayment> out;
  std::map<std::uint64_t, Minor> left;  // open, by invoice
  for (const PayInvoice& wanted : run(command.invoices())) {
    const std::string_view name = pool_name(command.names(), wanted.invoice());
    const Invoice* const invoice = step.book().receivables().find_invoice(name);
    if (invoice == nullptr) {
      step.refuse(about(ReasonCode::unknown_invoice, Subject::invoice, name));
      continue;
    }
    if (invoice->currency != source.currency.value()) {
      step.refuse(about(ReasonCode::currency_mismatch, Subject::invoice, name, invoice->ref));
      continue;
    }
    Minor& open = left.try_emplace(invoice->ref, invoice->open).first->second;
    const Minor amount = wanted.amount() == kAbsent ? open : Minor{wanted.amount()};
    const bool fits = amount > Minor{0} && amount <= open;
    if (!fits) {
      const bool stated = wanted.amount() != kAbsent;
      const ReasonCode code =
          stated && amount <= Minor{0} ? ReasonCode::not_positive : ReasonCode::more_than_open;
      step.refuse(with_money(about(code, Subject::invoice, name, invoice->ref), amount,
                             code == ReasonCode::not_positive ? Minor{0} : open, source.currency));
      continue;
    }
    open -= amount;
    out.push_back({invoice, amount});
  }
  return out;
}

// What the command states by amount must be there.
void check_sum(Step& step, const ApplyCredit& command, const CreditSource& source,
               std::string_view name) {
  Minor stated;
  for (const PayInvoice& wanted : run(command.invoices())) {
    if (wanted.amount() != kAbsent) stated += Minor{wanted.amount()};
  }
  for (const PayOrder& wanted : run(command.orders())) {
    if (wanted.amount() != kAbsent) stated += Minor{wanted.amount()};
  }
  if (source.unapplied > Minor{0} && stated <= source.unapplied) return;
  step.refuse(with_money(about(ReasonCode::more_than_unapplied, source.kind, name, source.ref),
                         stated, source.unapplied, source.currency));
}

void check_size(Step& step, const ApplyCredit& command, Subject kind) {
  if (run(command.invoices()).size() > kApplicationsMax) {
    step.refuse(too_many(kind, kApplicationsMax, "invoices"));
  }
  if (run(command.orders()).size() > kDepositOrdersMax) {
    step.refuse(too_many(kind, kDepositOrdersMax, "orders"));
  }
}

}  // namespace

void decide(Step& step, const ApplyCredit& command) {
  check_application(step, view(command.application()));
  const SourceNames names{view(command.payment()), view(command.credit_note())};
  const auto source = expect_source(step, names);
  check_size(step, command, source ? source->kind : Subject::application);
  if (!source || step.refused()) return;
  expect_currency(step, *source, names.name(), CurrencyCode{command.currency()});
  const auto named = find_invoices(step, command, *source);
  const auto orders =
      find_deposits(step, {command.orders(), command.names()}, source->currency, true);
  if (step.refused()) return;
  check_sum(step, command, *source, names.name());
  const std::size_t before = step.book().settlements().part_count(source->ref);
  const std::size_t most = applications_max(step.book());
  if (before >= most) {
    step.refuse(too_many(source->kind, most, "applications"));
  }
  if (step.refused()) return;

  Spending spending(step.book(), source->unapplied, most - before);
  for (const WantedPayment& wanted : named)
    spending.pay_invoice(*wanted.invoice, wanted.most);
  const auto deposits = plan_deposits(step.book(), orders, source->ref, spending.left());
  if (named.empty() && orders.empty()) spending.pay_oldest(source->payer);
  if (spending.empty() && deposits.empty()) {
    return step.refuse(about(ReasonCode::nothing_applied, source->kind, names.name(), source->ref));
  }
  if (!spending.empty()) emit_applied(step, *source, view(command.application()), spending);
  emit_deposited(step, *source, view(command.application()), deposits);
}

}  // namespace kontor
