// Who an order is for, who places it, who owes it, and on what terms. Rules: domain, Who is who.
#pragma once

#include <string_view>

#include "engine/step.h"

namespace kontor {

struct OrderParties {
  CompanyId company = no_id<CompanyId>();
  CompanyId payer = no_id<CompanyId>();
  BuyerId buyer = no_id<BuyerId>();
  TermsId terms = no_id<TermsId>();
  CurrencyCode currency;
};

// What PlaceOrder says about them; refuses whatever does not fit. `currency` 0: the company's.
struct NamedParties {
  std::string_view company;
  std::string_view buyer;
  std::string_view payer;
  std::string_view terms;
  CurrencyCode currency;
};
OrderParties find_order_parties(Step& step, const NamedParties& named);

// The company's own payment terms, else its payer's, else the book's; may be none.
TermsId inherited_terms(const Book& book, CompanyId company, CompanyId payer);

}  // namespace kontor
