// Who an order is for, who places it, who owes it, and on what terms. Rules: domain, Who is who.
#pragma once

#include <span>
#include <string_view>

#include "engine/rules/put_right.h"
#include "engine/step.h"

namespace kontor {

struct OrderParties {
  CompanyId company = no_id<CompanyId>();
  CompanyId payer = no_id<CompanyId>();
  BuyerId buyer = no_id<BuyerId>();
  TermsId terms = no_id<TermsId>();
  CurrencyCode currency;
  std::span<const PutRight> put_right;  // of a look
};

// What PlaceOrder says about them; refuses whatever does not fit. `currency` 0: the company's.
struct NamedParties {
  std::string_view company;
  std::string_view buyer;
  std::string_view payer;
  std::string_view terms;
  CurrencyCode currency;
  std::span<const PutRight> put_right = {};  // of a look
};
OrderParties find_order_parties(Step& step, const NamedParties& named);

// The company's own payment terms, else its payer's, else the book's; may be none.
TermsId inherited_terms(const Book& book, CompanyId company, CompanyId payer);

}  // namespace kontor
