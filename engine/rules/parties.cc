#include "engine/rules/parties.h"

#include <algorithm>

#include "engine/rules/refusals.h"

namespace kontor {
namespace {

constexpr std::string_view kBuyerRole = "buyer";
constexpr std::string_view kAdminRole = "admin";

void find_buyer(Step& step, std::string_view name, OrderParties& out) {
  if (name.empty()) return;
  const Parties& parties = step.book().parties();
  const auto buyer = parties.find_buyer(name);
  if (!buyer) return step.refuse(about(ReasonCode::unknown_buyer, Subject::buyer, name));
  out.buyer = *buyer;  // refused or not: what is set for them says what else is wrong
  if (parties.buyer(*buyer).status != PersonStatus::active) {
    step.refuse(about(ReasonCode::buyer_inactive, Subject::buyer, name, buyer->value()));
  } else if (!parties.holds_role(*buyer, kBuyerRole, out.company, true) &&
             !parties.holds_role(*buyer, kAdminRole, out.company, true)) {
    step.refuse(about(ReasonCode::not_in_scope, Subject::buyer, name, buyer->value()));
  }
}

void find_payer(Step& step, std::string_view name, OrderParties& out) {
  const Parties& parties = step.book().parties();
  const Company& company = parties.company(out.company);
  const CompanyId standard = is_set(company.default_payer) ? company.default_payer : out.company;
  out.payer = standard;
  if (name.empty()) return;
  const auto payer = parties.find_company(name);
  if (!payer) return step.refuse(about(ReasonCode::unknown_company, Subject::company, name));
  const auto& allowed = company.allowed_payers;
  const bool ok = *payer == out.company || *payer == standard ||
                  std::find(allowed.begin(), allowed.end(), *payer) != allowed.end();
  if (!ok) {
    return step.refuse(
        about(ReasonCode::payer_not_allowed, Subject::company, name, payer->value()));
  }
  out.payer = *payer;
}

void find_terms(Step& step, std::string_view name, OrderParties& out) {
  out.terms = inherited_terms(step.book(), out.company, out.payer);
  if (name.empty()) return;
  const auto terms = step.book().terms().find(name);
  if (!terms) return step.refuse(about(ReasonCode::unknown_terms, Subject::terms, name));
  const auto& allowed = step.book().parties().company(out.company).allowed_terms;
  const bool ok = allowed.empty() || *terms == out.terms ||
                  std::find(allowed.begin(), allowed.end(), *terms) != allowed.end();
  if (!ok) {
    return step.refuse(about(ReasonCode::terms_not_allowed, Subject::terms, name, terms->value()));
  }
  out.terms = *terms;
}

}  // namespace

TermsId inherited_terms(const Book& book, CompanyId company, CompanyId payer) {
  const TermsId own = book.parties().company(company).terms;
  if (is_set(own)) return own;
  const TermsId of_payer = book.parties().company(payer).terms;
  return is_set(of_payer) ? of_payer : book.terms().book_default();
}

OrderParties find_order_parties(Step& step, const NamedParties& named) {
  OrderParties out;
  out.put_right = named.put_right;
  const Parties& parties = step.book().parties();
  const auto company = parties.find_company(named.company);
  if (!company) {
    step.refuse(about(ReasonCode::unknown_company, Subject::company, named.company));
    return out;
  }
  out.company = *company;
  const Company& known = parties.company(*company);
  const bool right = is_put_right(named.put_right, ReasonCode::company_blocked, named.company);
  if (known.status != CompanyStatus::active && !right) {
    Cause cause =
        about(ReasonCode::company_blocked, Subject::company, named.company, company->value());
    cause.evidence.push_back(known.last_change);
    step.refuse(std::move(cause));
  }
  find_buyer(step, named.buyer, out);
  find_payer(step, named.payer, out);
  find_terms(step, named.terms, out);

  out.currency = named.currency.value() != 0 ? named.currency : known.currency;
  const CurrencyCode owed_in = step.book().credit().account(out.payer).currency;
  if (out.currency != owed_in) {
    step.refuse(
        about(ReasonCode::no_rate, Subject::company, parties.name(out.payer), out.payer.value()));
  }
  return out;
}

}  // namespace kontor
