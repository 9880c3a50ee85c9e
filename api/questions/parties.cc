// The book, companies and buyers.
#include "api/questions/present.h"

namespace kontor::questions {
Answered answer_book(const Book& book, const Query&) {
  const Calendar& calendar = book.calendar();
  wire::BookAnswerT out;
  out.book = calendar.book();
  out.legal_name = calendar.legal_name();
  out.country = calendar.country();
  out.currency = calendar.currency().value();
  out.calendar = calendar.mode();
  out.time_zone = calendar.time_zone();
  out.administrator = calendar.administrator();
  out.business_date = calendar.business_date().value();
  if (calendar.business_date() != kNoDate) {
    out.fiscal_year = calendar.fiscal_year(calendar.business_date());
  }
  out.last_sequence = book.last_sequence().value();
  out.last_recorded_at = book.last_recorded().value();
  out.companies = book.parties().company_count();
  out.buyers = book.parties().buyer_count();
  out.items = book.catalogue().item_count();
  out.warehouses = book.stock().warehouse_count();
  out.terms = book.terms().count();
  out.rules = book.rules().count();
  const Receivables& billed = book.receivables();
  out.orders = book.orders().all().size() + book.orders().settled().size();
  out.invoices = billed.invoices().size() + billed.settled_invoices().size();
  out.payments = billed.payments().size() + billed.settled_payments().size();
  out.credit_notes = book.credit_notes().all().size() + book.credit_notes().settled().size();
  out.waiting_for_approval = book.approvals().pending().size();
  out.follow_ups = book.follow_up_count();
  return answered(out);
}

Answered answer_company(const Book& book, const Query& query) {
  const auto id = book.parties().find_company(query.name);
  if (!id) return not_found("company", query.name, "companies");
  const Company& company = book.parties().company(*id);
  wire::CompanyAnswerT out;
  out.company = query.name;
  out.legal_name = company.legal_name;
  out.country = company.country;
  out.tax_id = company.tax_id;
  out.regime = company.regime;
  out.currency = company.currency.value();
  out.parent = name_of(book, "company", company.parent);
  out.default_payer = name_of(book, "company", company.default_payer);
  out.terms = name_of(book, "terms", company.terms);
  out.company_class = company.company_class;
  out.region = company.region;
  out.standing = company.standing;
  out.status = company.status;
  out.allowed_payers = names_of(book, "company", company.allowed_payers);
  out.allowed_terms = names_of(book, "terms", company.allowed_terms);
  out.price_lists = names_of(book, "price_list", company.price_lists);
  out.assortments = company.assortments;
  out.tags = company.tags;
  out.buyers = static_cast<std::uint32_t>(book.parties().buyers_of(*id).size());
  out.last_change = company.last_change.value();
  out.version = company.version;
  return answered(out);
}

Answered answer_buyer(const Book& book, const Query& query) {
  const auto id = book.parties().find_buyer(query.name);
  if (!id) return not_found("buyer", query.name, "buyers");
  const Buyer& buyer = book.parties().buyer(*id);
  wire::BuyerAnswerT out;
  out.buyer = query.name;
  out.name = buyer.name;
  out.company = name_of(book, "company", buyer.company);
  out.currency = buyer.currency.value();
  if (buyer.order_limit) out.order_limit = buyer.order_limit->value();
  if (buyer.period_limit) out.period_limit = buyer.period_limit->value();
  out.period = buyer.period;
  out.cost_centre = buyer.cost_centre;
  out.status = buyer.status;
  for (const Grant& grant : buyer.roles) {
    auto& role = add_row(out.roles);
    role.role = grant.role;
    role.reach = grant.reach;
    role.may_override = grant.may_override;
  }
  out.last_change = buyer.last_change.value();
  out.version = buyer.version;
  if (buyer.period_limit) {
    const Date start = book.calendar().period_start(buyer.period, book.calendar().business_date());
    const Minor taken = book.budgets().taken_since(*id, buyer.currency, start);
    out.period_start = start.value();
    out.period_taken = taken.value();
    out.period_left = (*buyer.period_limit - taken).value();
  }
  return answered(out);
}

Answered list_companies(const Book& book, const Query& query) {
  const Parties& parties = book.parties();
  wire::CompaniesAnswerT out;
  auto next = fill_page(query, parties.company_count(), [&](std::uint64_t index, PageRoom&) {
    const CompanyId id{static_cast<std::uint32_t>(index)};
    const Company& company = parties.company(id);
    auto& row = add_row(out.companies);
    row.company = parties.name(id);
    row.legal_name = company.legal_name;
    row.country = company.country;
    row.parent = name_of(book, "company", company.parent);
    row.status = company.status;
    row.currency = company.currency.value();
    return true;
  });
  return answered(out, std::move(next));
}

Answered list_buyers(const Book& book, const Query& query) {
  CompanyFilter filter = company_filter(book, query);
  if (filter.wrong) return std::move(*filter.wrong);
  const Parties& parties = book.parties();
  wire::BuyersAnswerT out;
  const auto show = [&](BuyerId id) {
    const Buyer& buyer = parties.buyer(id);
    auto& row = add_row(out.buyers);
    row.buyer = parties.name(id);
    row.name = buyer.name;
    row.company = name_of(book, "company", buyer.company);
    row.status = buyer.status;
    return true;
  };
  std::string next;
  if (filter.only) {
    const auto buyers = parties.buyers_of(*filter.only);
    next = fill_page(query, buyers.size(),
                     [&](std::uint64_t index, PageRoom&) { return show(buyers[index]); });
  } else {
    next = fill_page(query, parties.buyer_count(), [&](std::uint64_t index, PageRoom&) {
      return show(BuyerId{static_cast<std::uint32_t>(index)});
    });
  }
  return answered(out, std::move(next));
}

}  // namespace kontor::questions
