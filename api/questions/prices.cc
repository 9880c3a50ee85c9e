// Prices and payment terms.
#include "api/questions/present.h"
#include "engine/rules/policy.h"
#include "engine/rules/pricing.h"
#include "events/base/currency.h"

namespace kontor::questions {
namespace {

constexpr int kQuantityDecimals = 6;

void fill_entry(const Book& book, const Price& price, ItemId item, wire::PriceAnswerT& out) {
  out.unit_price = price.unit_price.value();
  out.list = book.prices().name(price.list);
  out.set_at = price.set_at.value();
  const Prices::Entry* const entry = book.prices().entry(price.list, item, Date{out.date});
  if (entry == nullptr) return;
  out.valid_from = entry->valid_from;
  out.valid_to = entry->valid_to;
  for (const Prices::Break& step : book.prices().breaks(*entry)) {
    auto& row = add_row(out.breaks);
    row.from_quantity = step.from_quantity;
    row.unit_price = step.unit_price;
  }
}

std::string why_no_price(const Query& query, bool from_command) {
  if (from_command) {
    return "the policy price.from is command: each order states its prices, lists do not count";
  }
  std::string who = query.second.empty() ? "by the book's list" : "for '" + query.second + "'";
  return "'" + query.name + "' has no price " + who + " in this quantity and on this date";
}

}  // namespace

// third: the quantity as a decimal; absent: 1. date: absent: the business date.
Answered answer_price(const Book& book, const Query& query) {
  const auto item = book.catalogue().find_item(query.name);
  if (!item) return not_found("item", query.name, "items");
  OrderParties who;
  who.currency = book.calendar().currency();
  if (!query.second.empty()) {
    const auto company = book.parties().find_company(query.second);
    if (!company) return not_found("company", query.second, "companies");
    who.company = *company;
    who.currency = book.parties().company(*company).currency;
  }
  wire::PriceAnswerT out;
  out.quantity = kQuantityUnit;
  if (!query.third.empty()) {
    const auto quantity = parse_decimal(query.third, kQuantityDecimals);
    if (!quantity || *quantity <= 0) {
      return refused(StatusCode::kMalformed,
                     "'" + query.third + "' is no quantity: a number above 0 such as 12 or 2.5");
    }
    out.quantity = *quantity;
  }
  const Date on = query.date == kNoDate ? book.calendar().business_date() : query.date;
  const bool from_command = policy_is(book, PolicyKey::price_from, {who.company}, "command");
  const auto price =
      from_command ? std::nullopt : find_price(book, who, *item, Quantity{out.quantity}, on);
  if (!price) return refused(StatusCode::kNotFound, why_no_price(query, from_command));
  out.item = query.name;
  out.company = query.second;
  out.currency = who.currency.value();
  out.date = on.value();
  fill_entry(book, *price, *item, out);
  return answered(out);
}

Answered answer_terms(const Book& book, const Query& query) {
  const auto id = book.terms().find(query.name);
  if (!id) return not_found("payment terms", query.name, "");
  const Terms& terms = book.terms().terms(*id);
  wire::TermsAnswerT out;
  out.terms = query.name;
  out.label = terms.label;
  out.currency = terms.currency.value();
  out.book_default = book.terms().book_default() == *id;
  out.lines = terms.lines;
  out.last_change = terms.last_change.value();
  out.version = terms.version;
  return answered(out);
}

}  // namespace kontor::questions
