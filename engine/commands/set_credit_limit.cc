#include "company_generated.h"
#include "set_credit_limit_generated.h"

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "events/base/limits.h"
#include "projections/fold.h"

namespace kontor {

void decide(Step& step, const SetCreditLimit& command) {
  const std::string_view name = view(command.company());
  const auto company = step.book().parties().find_company(name);
  if (!company) return step.refuse(about(ReasonCode::unknown_company, Subject::company, name));
  expect_version(step, step.book().parties().company(*company).version, Subject::company, name);
  const Account& account = step.book().credit().account(*company);
  if (command.currency() != 0 && CurrencyCode{command.currency()} != account.currency) {
    step.refuse(about(ReasonCode::currency_mismatch, Subject::company, name, company->value()));
  }
  const std::int64_t limit = command.limit();
  if (limit != kAbsent && (limit < 0 || limit > limits::kDocumentMinorMax)) {
    step.refuse(
        with_money(about(ReasonCode::invalid_value, Subject::company, name, company->value()),
                   Minor{limit}, Minor{limits::kDocumentMinorMax}, account.currency));
  }
  if (step.refused()) return;

  const std::int64_t previous = raw(account.limit);
  const CurrencyCode currency = account.currency;
  step.emit<CreditLimitSet>(
      ordinal_reference(company->value()), [&](flatbuffers::FlatBufferBuilder& out) {
        return CreateCreditLimitSet(out, company->value(), limit, previous, currency.value(),
                                    command.expires(), command.review());
      });
}

}  // namespace kontor
