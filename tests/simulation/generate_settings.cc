// Settings: who there is, what is sold, and under which rules and policies.
#include <algorithm>
#include <string_view>

#include "tests/simulation/generator.h"

namespace kontor::test {
namespace {

namespace m = model;

const std::vector<std::pair<std::string, m::Names>>& policy_words() {
  static const std::vector<std::pair<std::string, m::Names>> kWords = {
      {"credit.at", {"placement", "approval", "allocation", "shipment", "invoice", "payment"}},
      {"stock.at", {"placement", "approval", "allocation", "shipment", "payment"}},
      {"stock.draft", {"none", "reserve", "reserve"}},
      {"price.at", {"placement", "approval", "approval", "invoice"}},
      {"stock.short", {"backorder", "backorder", "partial", "refuse", "cancel_rest"}},
      {"stock.sourcing", {"priority", "earliest"}},
      {"price.from", {"list", "list", "list", "command"}},
      {"invoice.basis", {"shipped", "ordered"}},
      {"payment.auto_apply", {"oldest_due_first", "none", "by_reference"}},
      {"approval.self", {"forbidden", "allowed", "sole_holder"}},
      {"approval.tiers", {"in_sequence", "together"}},
      {"approval.expiry", {"reject", "escalate"}},
      {"approval.expiry_days", {"0", "2", "4"}},
      {"approval.reminder_days", {"0", "1", "3"}},
      {"approval.escalation_days", {"0", "1", "3"}},
      {"staff.reason", {"optional", "optional", "required"}},
      {"approval.on_change", {"ask_if_higher", "always_ask", "keep"}},
      {"credit.tree", {"own", "each", "each", "shared"}},
      {"credit.absent_limit", {"unlimited", "none"}},
      {"spending.absent_limit", {"unlimited", "zero"}},
      {"spending.cost_centre", {"optional", "optional", "required"}},
      {"budget.at",
       {"placement", "approval", "approval", "shipment", "invoice", "payment", "allocation"}},
      {"company.depth_max", {"2", "3", "16", "-1", "many"}},
      {"effective.days_back", {"0", "3", "36600", "2000000000"}},
      {"effective.days_ahead", {"0", "5"}},
  };
  return kWords;
}

}  // namespace

m::Command Generator::open_book(const State& state) {
  m::OpenBook c;
  c.book = "book";
  c.currency = currency_;
  c.first_day = state.business_date;
  c.first_month = random_.one_in(3) ? 13 : 1;
  c.by_clock = random_.one_in(3);
  return c;
}

m::RegisterCompany Generator::company_named(const std::string& name) {
  m::RegisterCompany c;
  c.company = name;
  c.country = random_.of<std::string>({"", "DE", "FR"});
  c.regime = random_.one_in(30) ? 1 : 0;
  if (random_.one_in(3)) c.parent = random_.of(companies_);
  if (random_.one_in(4)) c.default_payer = random_.of(companies_);
  if (random_.one_in(4)) c.allowed_payers.push_back(random_.of(companies_));
  if (random_.one_in(4)) c.terms = random_.of(terms_);
  if (random_.one_in(6)) c.allowed_terms.push_back(random_.of(terms_));
  if (random_.one_in(3)) c.price_lists.push_back(random_.of(lists_));
  if (random_.one_in(3)) c.tags.push_back(random_.of<std::string>({"vip", "new"}));
  if (random_.one_in(3)) c.company_class = random_.of<std::string>({"A", "B"});
  if (random_.one_in(3)) c.region = random_.of(regions_);
  if (random_.one_in(5)) c.assortments.push_back(random_.of(assortments_));
  c.on_hold = random_.one_in(8);
  if (random_.one_in(12))
    c.status = random_.of({m::CompanyStatus::kBlocked, m::CompanyStatus::kClosed});
  return c;
}

m::Command Generator::register_company(const State& state) {
  m::RegisterCompany c = company_named(name_of(companies_));
  if (random_.one_in(20)) c.parent = "nobody-0";
  if (random_.one_in(20)) c.currency = 840;
  // Most often it is only a detail that changes.
  const int known = state.companies.find(c.company);
  if (known == m::kNone || random_.one_in(3)) return c;
  m::RegisterCompany same = state.companies[known].said;
  same.tags = c.tags;
  same.on_hold = c.on_hold;
  same.assortments = c.assortments;
  if (random_.one_in(4)) same.parent = c.parent;
  same.status = c.status;
  same.company_class = c.company_class;
  return same;
}

m::Command Generator::set_credit_limit(const State& state) {
  m::SetCreditLimit c;
  c.company = name_of(companies_);
  if (!random_.one_in(8)) c.limit = random_.one_in(40) ? hostile_number() : money() * 10;
  if (random_.one_in(8)) c.limit = 0;
  if (random_.one_in(30)) c.currency = 840;
  if (random_.one_in(6)) {
    c.expires = state.business_date + static_cast<m::Day>(random_.between(-1, 20));
  }
  if (random_.one_in(6)) {
    c.review = state.business_date + static_cast<m::Day>(random_.between(-1, 20));
  }
  return c;
}

m::RegisterBuyer Generator::buyer_named(const std::string& name) {
  m::RegisterBuyer c;
  c.buyer = name;
  c.company = random_.of(companies_);
  for (const char* const role : {"buyer", "approver", "admin", "boss"}) {
    if (random_.one_in(2)) {
      c.roles.push_back(
          {role, random_.of({m::Reach::kOwn, m::Reach::kCompany, m::Reach::kCompanyAndBelow}),
           random_.one_in(4)});
    }
  }
  if (random_.one_in(2)) c.order_limit = money();
  if (random_.one_in(3)) limit_period(c);
  if (knows_cost_centres_ && random_.one_in(8)) c.cost_centre = random_.of(cost_centres_);
  c.active = !random_.one_in(15);
  if (asks_much_ && !random_.one_in(5)) make_approver(c);
  return c;
}

m::Command Generator::register_buyer(const State&) {
  m::RegisterBuyer c = buyer_named(name_of(buyers_));
  if (random_.one_in(30)) c.company = "nobody-1";
  if (random_.one_in(40)) c.order_limit = hostile_number();
  if (random_.one_in(40)) c.period_limit = hostile_number();
  if (random_.one_in(40)) c.currency = 840;
  return c;
}

m::Command Generator::register_staff(const State&) {
  m::RegisterStaff c;
  c.staff = name_of(staff_);
  for (const char* const role : {"credit_manager", "accountant", "warehouse", "helper"}) {
    if (random_.one_in(2)) continue;
    m::StaffRole& grant = c.roles.emplace_back();
    grant.role = role;
    for (int act = 1; act <= 8; ++act) {
      if (!random_.one_in(4)) continue;
      m::ActLimit& limit = grant.limits.emplace_back();
      limit.act = static_cast<m::Act>(act);
      if (!random_.one_in(4)) limit.amount = money();
      if (random_.one_in(60)) limit.act = m::Act::kReleaseHold;
    }
  }
  if (random_.one_in(12)) c.currency = 840;
  c.active = !random_.one_in(8);
  return c;
}

std::string Generator::scope_name(m::Scope kind) {
  switch (kind) {
    case m::Scope::kCompany:
    case m::Scope::kCompanyAndBelow:
      return name_of(companies_);
    case m::Scope::kBuyer:
      return name_of(buyers_);
    case m::Scope::kItem:
      return name_of(items_);
    case m::Scope::kTag:
      return random_.of<std::string>({"vip", "new"});
    case m::Scope::kClass:
      return random_.of<std::string>({"A", "B"});
    case m::Scope::kRole:
      return random_.of<std::string>({"buyer", "boss"});
    case m::Scope::kItemCategory:
      return random_.of<std::string>({"tools", "paints"});
    case m::Scope::kAssortment:
      return name_of(assortments_);
    case m::Scope::kBook:
      break;
  }
  return "";
}

m::Tier Generator::tier(int number) {
  m::Tier out;
  out.number = number;
  for (std::uint64_t i = 1 + random_.below(2); i > 0; --i) {
    m::Group group;
    if (random_.one_in(3)) group.people.push_back(name_of(buyers_));
    group.climb = random_.one_in(3);
    group.cost_centre_owner = random_.one_in(knows_cost_centres_ ? 4 : 30);
    const bool found = group.climb || (group.cost_centre_owner && random_.one_in(4));
    if ((group.people.empty() && !found) || random_.one_in(2)) {
      group.roles.push_back(random_.of<std::string>({"approver", "boss", "admin"}));
    }
    group.needed = random_.of({1, 1, 1, 2, m::kEverybody});
    if (random_.one_in(60)) group.needed = 0;
    out.groups.push_back(group);
  }
  return out;
}

m::Command Generator::set_policy(const State&) {
  const auto& [policy, words] = random_.of(policy_words());
  m::SetPolicy c{policy, random_.of(words), m::Scope::kBook, ""};
  if (random_.one_in(40)) c.value = "nonsense";
  if (random_.one_in(2)) {
    c.scope_kind =
        random_.of({m::Scope::kTag, m::Scope::kCompany, m::Scope::kCompanyAndBelow,
                    m::Scope::kClass, m::Scope::kRole, m::Scope::kBuyer, m::Scope::kItem});
    c.scope = scope_name(c.scope_kind);
  }
  if (random_.one_in(6)) c.value.clear();
  return c;
}

m::DefineTerms Generator::terms_named(const std::string& name) {
  m::DefineTerms c;
  c.terms = name;
  const auto line = [&](m::Part part) {
    m::TermsLine out;
    out.part = part;
    out.months = static_cast<int>(random_.below(3));
    out.days = static_cast<int>(random_.below(61));
    out.days_last = random_.one_in(4) ? 5 : 0;
    out.month_end_first = random_.one_in(4);
    out.month_end_last = random_.one_in(4);
    out.day_rule = random_.one_in(3) ? static_cast<m::DayRule>(random_.below(4)) : m::DayRule::kAny;
    out.day_of_month = static_cast<int>(random_.between(1, 31));
    return out;
  };
  if (random_.one_in(2)) {
    for (std::uint64_t i = 1 + random_.below(4); i > 0; --i)
      c.lines.push_back(line(m::Part::kEqual));
  } else {
    c.lines = {line(m::Part::kPercent), line(m::Part::kPercent)};
    c.lines[0].percent = random_.between(1, 99) * 10'000;
    c.lines[1].percent = m::kHundredPercent - c.lines[0].percent;
    if (random_.one_in(2)) {
      c.lines[1].part = m::Part::kBalance;
      c.lines[1].percent = 0;
    }
    if (random_.one_in(4) && c.lines[1].part == m::Part::kBalance) {
      c.lines[0].part = m::Part::kFixed;
      c.lines[0].amount = random_.between(1, 5'000);
      c.lines[0].percent = 0;
    }
  }
  c.book_default = random_.one_in(4);
  return c;
}

m::Command Generator::define_terms(const State&) {
  m::DefineTerms c = terms_named(name_of(terms_));
  if (random_.one_in(12)) c.lines[0].percent += 10'000;
  if (random_.one_in(20)) c.lines[0].part = m::Part::kDeposit;
  if (random_.one_in(20)) c.lines.clear();
  return c;
}

m::RegisterItem Generator::item_named(const std::string& name) {
  m::RegisterItem c;
  c.item = name;
  c.decimals = random_.one_in(3) ? static_cast<int>(random_.below(4)) : 0;
  c.tax_category = random_.of(categories_);
  if (random_.one_in(5)) c.multiple = random_.between(2, 6) * m::kUnit;
  if (random_.one_in(5)) c.minimum = std::max<m::Int>(c.multiple, m::kUnit) * 2;
  if (random_.one_in(6)) c.maximum = 40 * m::kUnit;
  if (random_.one_in(2)) c.category = random_.of<std::string>({"tools", "paints"});
  if (random_.one_in(2)) c.weight = random_.between(1, 4'000);
  c.active = !random_.one_in(20);
  const bool charge = is_charge(name);
  c.kind = charge ? m::Kind::kNotStocked : m::Kind::kStocked;
  c.freight = charge && (name == charges_.front() ? !random_.one_in(6) : random_.one_in(6));
  if (random_.one_in(40)) c.kind = static_cast<m::Kind>(random_.below(3));
  if (random_.one_in(60)) c.freight = true;
  return c;
}

m::Command Generator::register_item(const State&) {
  m::RegisterItem c = item_named(name_of(items_));
  if (random_.one_in(15)) c.minimum = 7 * m::kUnit;
  if (random_.one_in(20)) c.maximum = hostile_number();
  if (random_.one_in(20)) c.decimals = 7;
  if (random_.one_in(10)) c.tax_category = "untaxed";
  return c;
}

m::Command Generator::set_tax_rate(const State& state) {
  m::SetTaxRate c;
  c.category = name_of(categories_);
  c.regime = random_.one_in(3) ? 1 : 0;
  if (random_.one_in(3)) c.country = random_.of<std::string>({"DE", "FR"});
  c.rate = random_.between(0, 250'000);
  if (random_.one_in(10)) c.rate = random_.of<m::Int>({-1, m::kHundredPercent + 1});
  if (random_.one_in(2)) {
    c.valid_from = state.business_date + static_cast<m::Day>(random_.between(-3, 10));
  }
  return c;
}

m::SetPrice Generator::price_of(const std::string& list, const std::string& item) {
  m::SetPrice c;
  c.list = list;
  c.item = item;
  const m::Int price = random_.between(1, 200) * random_.of<m::Int>({123, 10'000, 995'000});
  c.breaks.push_back({0, price});
  if (random_.one_in(3)) c.breaks.push_back({10 * m::kUnit, price * 9 / 10});
  if (random_.one_in(25)) c.breaks.front().from_quantity = 2 * m::kUnit;
  return c;
}

m::Command Generator::set_price(const State& state) {
  m::SetPrice c = price_of(name_of(lists_), name_of(random_.one_in(12) ? items_ : goods_));
  if (is_charge(c.item) && random_.one_in(2)) c.breaks.clear();
  if (random_.one_in(4)) c.valid_from = state.business_date + 2;
  if (random_.one_in(4)) c.valid_to = state.business_date + 9;
  if (random_.one_in(15)) c.breaks.clear();
  if (random_.one_in(20)) c.breaks.push_back({0, 10'000});
  if (random_.one_in(20)) c.currency = 840;
  if (random_.one_in(50) && !c.breaks.empty()) c.breaks.front().unit_price = hostile_number();
  return c;
}

m::RegisterWarehouse Generator::warehouse_named(const std::string& name) {
  m::RegisterWarehouse c;
  c.warehouse = name;
  if (random_.one_in(3)) c.regions.push_back(random_.of(regions_));
  c.priority = static_cast<int>(random_.between(-2, 2));
  c.lead_time_days = static_cast<int>(random_.below(5));
  return c;
}

m::Command Generator::register_warehouse(const State&) {
  m::RegisterWarehouse c = warehouse_named(name_of(warehouses_));
  c.active = !random_.one_in(3);
  if (random_.one_in(30)) c.lead_time_days = random_.of({-1, 3661});
  return c;
}

}  // namespace kontor::test
