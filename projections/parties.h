// Who is who: companies in their tree, and the people who act for them. Folds CompanyRegistered and
// BuyerRegistered. Rules: domain, Who is who.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "projections/envelope.h"
#include "projections/sink.h"
#include "projections/tables.h"

namespace kontor {

struct CompanyRegistered;
struct CreditLimitSet;
struct BuyerRegistered;

struct Company {
  std::string legal_name;
  std::string country;
  std::string tax_id;
  std::string company_class;
  std::string region;
  std::vector<CompanyId> allowed_payers;
  std::vector<TermsId> allowed_terms;
  std::vector<PriceListId> price_lists;  // in order of precedence
  std::vector<std::string> assortments;
  std::vector<std::string> tags;
  CompanyId parent = no_id<CompanyId>();
  CompanyId default_payer = no_id<CompanyId>();  // none: itself
  TermsId terms = no_id<TermsId>();              // none: inherited
  CurrencyCode currency;
  TaxRegime regime = TaxRegime::domestic;
  CreditStanding standing = CreditStanding::good;
  CompanyStatus status = CompanyStatus::active;
  Sequence last_change;
  std::uint32_t version = 0;  // events folded into it
};

struct Grant {
  std::string role;
  RoleReach reach = RoleReach::company;
  bool may_override = false;
};

struct Buyer {
  std::string name;
  std::string cost_centre;
  std::vector<Grant> roles;
  CompanyId company;
  CurrencyCode currency;  // of the limits
  std::optional<Minor> order_limit;
  std::optional<Minor> period_limit;
  PeriodKind period = PeriodKind::none;
  PersonStatus status = PersonStatus::active;
  Sequence last_change;
  std::uint32_t version = 0;
};

class Parties {
 public:
  static constexpr std::uint32_t kNumber = 1;

  void on(const Envelope& by, const CompanyRegistered& event);
  void on(const Envelope& by, const BuyerRegistered& event);
  void on(const Envelope& by, const CreditLimitSet& event);  // counts as a change of the company

  std::optional<CompanyId> find_company(std::string_view name) const;
  std::optional<BuyerId> find_buyer(std::string_view name) const;
  const Company& company(CompanyId id) const { return companies_.at(id.value()); }
  const Buyer& buyer(BuyerId id) const { return buyers_.at(id.value()); }
  std::string_view name(CompanyId id) const { return company_names_.name(id.value()); }
  std::string_view name(BuyerId id) const { return buyer_names_.name(id.value()); }
  std::uint32_t company_count() const { return company_names_.size(); }
  std::uint32_t buyer_count() const { return buyer_names_.size(); }
  std::span<const BuyerId> buyers_of(CompanyId id) const { return buyers_of_.at(id.value()); }

  // Whether `above` is `below` or one of its ancestors.
  bool is_at_or_above(CompanyId above, CompanyId below) const;
  std::size_t depth(CompanyId id) const;  // of a root: 1

  // Whether the person holds one of the role's grants that reaches orders of `company`. `own`
  // reaches the person's own orders only (is_own).
  bool holds_role(BuyerId id, std::string_view role, CompanyId company, bool is_own) const;
  // Whether that grant, of a person who is active, reaches orders of `company`.
  bool reaches(BuyerId id, const Grant& grant, CompanyId company, bool is_own) const;

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  bool references_are_sound() const;  // to companies and buyers

  NameTable company_names_;
  NameTable buyer_names_;
  std::vector<Company> companies_;
  std::vector<Buyer> buyers_;
  std::vector<std::vector<BuyerId>> buyers_of_;  // by company, in order of registration
};

}  // namespace kontor
