#include "projections/parties.h"

#include <algorithm>

#include "company_generated.h"

#include "events/base/mark.h"
#include "projections/fold.h"
#include "projections/load_check.h"

namespace kontor {

void Parties::on(const Envelope& by, const CompanyRegistered& event) {
  const CompanyId id{event.ordinal()};
  if (id.value() == company_names_.size()) {
    company_names_.add(view(event.company()));
    companies_.emplace_back();
    buyers_of_.emplace_back();
  }
  Company& company = companies_.at(id.value());
  company.legal_name = view(event.legal_name());
  company.country = view(event.country());
  company.tax_id = view(event.tax_id());
  company.company_class = view(event.company_class());
  company.region = view(event.region());
  company.allowed_payers = ids<CompanyId>(event.allowed_payers());
  company.allowed_terms = ids<TermsId>(event.allowed_terms());
  company.price_lists = ids<PriceListId>(event.price_lists());
  company.assortments = texts(event.assortments());
  company.tags = texts(event.tags());
  company.parent = CompanyId{event.parent()};
  company.default_payer = CompanyId{event.default_payer()};
  company.terms = TermsId{event.terms()};
  company.currency = CurrencyCode{event.currency()};
  company.regime = event.regime();
  company.standing = event.standing();
  company.status = event.status();
  company.last_change = by.sequence;
  ++company.version;
}

void Parties::on(const Envelope& by, const BuyerRegistered& event) {
  const BuyerId id{event.ordinal()};
  const CompanyId company{event.company()};
  if (id.value() == buyer_names_.size()) {
    buyer_names_.add(view(event.buyer()));
    buyers_.emplace_back();
    buyers_of_.at(company.value()).push_back(id);
  }
  Buyer& buyer = buyers_.at(id.value());
  if (buyer.version > 0 && buyer.company != company) {
    KONTOR_MARK("a buyer who moves to another company");
    std::erase(buyers_of_.at(buyer.company.value()), id);
    buyers_of_.at(company.value()).push_back(id);
  }
  buyer.company = company;
  buyer.name = view(event.name());
  buyer.cost_centre = view(event.cost_centre());
  buyer.roles.clear();
  if (event.roles() != nullptr) {
    for (const GrantedRole* const role : *event.roles()) {
      buyer.roles.push_back({std::string(view(role->role())), role->reach(), role->may_override()});
    }
  }
  buyer.currency = CurrencyCode{event.currency()};
  buyer.order_limit = optional_minor(event.order_limit());
  buyer.period_limit = optional_minor(event.period_limit());
  buyer.period = event.period();
  buyer.status = event.status();
  buyer.last_change = by.sequence;
  ++buyer.version;
}

void Parties::on(const Envelope&, const CreditLimitSet& event) {
  ++companies_.at(event.company()).version;
}

std::optional<CompanyId> Parties::find_company(std::string_view name) const {
  const auto found = company_names_.find(name);
  return found ? std::optional(CompanyId{*found}) : std::nullopt;
}

std::optional<BuyerId> Parties::find_buyer(std::string_view name) const {
  const auto found = buyer_names_.find(name);
  return found ? std::optional(BuyerId{*found}) : std::nullopt;
}

bool Parties::is_at_or_above(CompanyId above, CompanyId below) const {
  for (CompanyId at = below; is_set(at); at = company(at).parent) {
    if (at == above) return true;
  }
  return false;
}

std::size_t Parties::depth(CompanyId id) const {
  std::size_t depth = 0;
  for (CompanyId at = id; is_set(at); at = company(at).parent)
    ++depth;
  return depth;
}

bool Parties::holds_role(BuyerId id, std::string_view role, CompanyId of, bool is_own) const {
  const Buyer& person = buyer(id);
  if (person.status != PersonStatus::active) return false;
  return std::any_of(person.roles.begin(), person.roles.end(), [&](const Grant& grant) {
    return grant.role == role && reaches(id, grant, of, is_own);
  });
}

bool Parties::reaches(BuyerId id, const Grant& grant, CompanyId of, bool is_own) const {
  const Buyer& person = buyer(id);
  if (person.status != PersonStatus::active) return false;
  if (person.company == of) return is_own || grant.reach != RoleReach::own;
  return grant.reach == RoleReach::company_and_below && is_at_or_above(person.company, of);
}

namespace {

void save_company(Sink& out, const Company& c) {
  for (const std::string* text :
       {&c.legal_name, &c.country, &c.tax_id, &c.company_class, &c.region}) {
    out.text(*text);
  }
  save_ids(out, c.allowed_payers);
  save_ids(out, c.allowed_terms);
  save_ids(out, c.price_lists);
  save_texts(out, c.assortments);
  save_texts(out, c.tags);
  out.pod(c.parent.value());
  out.pod(c.default_payer.value());
  out.pod(c.terms.value());
  out.pod(c.currency.value());
  out.pod(c.regime);
  out.pod(c.standing);
  out.pod(c.status);
  out.pod(c.last_change.value());
  out.pod(c.version);
}

void load_company(Source& in, Company& c) {
  for (std::string* text : {&c.legal_name, &c.country, &c.tax_id, &c.company_class, &c.region}) {
    in.text(*text);
  }
  load_ids(in, c.allowed_payers);
  load_ids(in, c.allowed_terms);
  load_ids(in, c.price_lists);
  load_texts(in, c.assortments);
  load_texts(in, c.tags);
  in.pod(c.parent);
  in.pod(c.default_payer);
  in.pod(c.terms);
  in.pod(c.currency);
  in.pod(c.regime);
  in.pod(c.standing);
  in.pod(c.status);
  in.pod(c.last_change);
  in.pod(c.version);
}

void save_buyer(Sink& out, const Buyer& b) {
  out.text(b.name);
  out.text(b.cost_centre);
  out.pod(std::uint64_t{b.roles.size()});
  for (const Grant& grant : b.roles) {
    out.text(grant.role);
    out.pod(grant.reach);
    out.pod(std::uint8_t{grant.may_override});
  }
  out.pod(b.company.value());
  out.pod(b.currency.value());
  out.pod(raw(b.order_limit));
  out.pod(raw(b.period_limit));
  out.pod(b.period);
  out.pod(b.status);
  out.pod(b.last_change.value());
  out.pod(b.version);
}

void load_buyer(Source& in, Buyer& b) {
  in.text(b.name);
  in.text(b.cost_centre);
  b.roles.resize(in.size_of_run(10));
  for (Grant& grant : b.roles) {
    in.text(grant.role);
    in.pod(grant.reach);
    std::uint8_t may_override = 0;
    in.pod(may_override);
    grant.may_override = may_override != 0;
  }
  in.pod(b.company);
  in.pod(b.currency);
  std::int64_t order_limit = 0;
  std::int64_t period_limit = 0;
  in.pod(order_limit);
  in.pod(period_limit);
  b.order_limit = optional_minor(order_limit);
  b.period_limit = optional_minor(period_limit);
  in.pod(b.period);
  in.pod(b.status);
  in.pod(b.last_change);
  in.pod(b.version);
}

}  // namespace

void Parties::save(Sink& out) const {
  company_names_.save(out);
  for (const Company& company : companies_)
    save_company(out, company);
  for (const auto& people : buyers_of_)
    save_ids(out, people);
  buyer_names_.save(out);
  for (const Buyer& buyer : buyers_)
    save_buyer(out, buyer);
}

void Parties::load(Source& in) {
  company_names_.load(in);
  companies_.assign(company_names_.size(), Company{});
  for (Company& company : companies_)
    load_company(in, company);
  buyers_of_.assign(company_names_.size(), {});
  for (auto& people : buyers_of_)
    load_ids(in, people);
  buyer_names_.load(in);
  buyers_.assign(buyer_names_.size(), Buyer{});
  for (Buyer& buyer : buyers_)
    load_buyer(in, buyer);
  if (in.ok()) in.expect(references_are_sound() && check_invariants().ok());
}

bool Parties::references_are_sound() const {
  const auto is_company = [&](CompanyId id) { return is_one_of_or_none(id, company_count()); };
  bool sound = true;
  for (const Company& company : companies_) {
    sound = sound && is_company(company.parent) && is_company(company.default_payer) &&
            std::all_of(company.allowed_payers.begin(), company.allowed_payers.end(), is_company);
  }
  for (const std::vector<BuyerId>& people : buyers_of_) {
    for (const BuyerId id : people)
      sound = sound && is_one_of(id, buyer_count());
  }
  return sound;
}

Status Parties::check_invariants() const {
  for (std::uint32_t i = 0; i < companies_.size(); ++i) {
    std::size_t steps = 0;
    for (CompanyId at = companies_[i].parent; is_set(at); at = company(at).parent) {
      if (at.value() >= companies_.size() || ++steps > companies_.size()) {
        return broken("the company tree has a cycle at " + std::string(name(CompanyId{i})));
      }
    }
  }
  for (const Buyer& buyer : buyers_) {
    if (buyer.company.value() >= companies_.size()) return broken("a buyer without a company");
  }
  return {};
}

}  // namespace kontor
