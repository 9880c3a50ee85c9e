// The words of `kontor get` and `kontor list`, one row each.
#include "wire_generated.h"

#include "api/cli/questions.h"

namespace kontor::cli {
namespace {

using wire::Question;
using Field = ArgumentField;

constexpr std::uint16_t number(Question question) {
  return static_cast<std::uint16_t>(question);
}

QuestionWord word(std::string_view name, Question question, std::string_view table,
                  std::vector<QuestionArgument> arguments, std::string_view help) {
  return {.word = name,
          .question = number(question),
          .table = table,
          .arguments = std::move(arguments),
          .help = help};
}

QuestionArgument must(std::string_view name, Field field = Field::kName) {
  return {.name = name, .field = field, .required = true};
}
QuestionArgument may(std::string_view name, Field field = Field::kName) {
  return {.name = name, .field = field, .required = false};
}

std::vector<QuestionWord> make_get_words() {
  return {
      word("book", Question::book, "BookAnswer", {}, "The book: currency, calendar, business date"),
      word("account", Question::account, "AccountAnswer", {must("COMPANY")},
           "What a payer owes: limit, exposure by bucket and due date, available"),
      word("company", Question::company, "CompanyAnswer", {must("COMPANY")}, "A company"),
      word("buyer", Question::buyer, "BuyerAnswer", {must("BUYER")},
           "A person who acts for a company"),
      word("item", Question::item, "ItemAnswer", {must("ITEM")}, "Something sold"),
      word("warehouse", Question::warehouse, "WarehouseAnswer", {must("WAREHOUSE")},
           "A place stock lies in"),
      word("order", Question::order, "OrderAnswer", {must("ORDER")},
           "An order: lines, states, approval, hold"),
      word("invoice", Question::invoice, "InvoiceAnswer", {must("INVOICE")},
           "An invoice: lines, tax, instalments, what is open"),
      word("payment", Question::payment, "PaymentAnswer", {must("PAYMENT")},
           "A payment: what it was applied to, what is left"),
      word("stock", Question::stock, "StockAnswer",
           {must("ITEM"), may("WAREHOUSE", Field::kSecond)},
           "Stock of an item: on hand, reserved, salable, waiting"),
      word("price", Question::price, "PriceAnswer",
           {must("ITEM"), may("COMPANY", Field::kSecond), may("QUANTITY", Field::kThird)},
           "The price of an item for a company and quantity"),
      word("terms", Question::terms, "TermsAnswer", {must("TERMS")}, "Payment terms"),
      word("rule", Question::rule, "RuleAnswer", {must("RULE")}, "A rule in force"),
      word("policies", Question::policies, "PoliciesAnswer", {},
           "Policies in force: value, source, since when"),
      word("approvals", Question::approvals, "ApprovalsAnswer", {may("PERSON")},
           "Orders waiting for approval, of a person or all"),
  };
}

std::vector<QuestionWord> make_list_words() {
  return {
      word("companies", Question::companies, "CompaniesAnswer", {}, "All companies"),
      word("buyers", Question::buyers, "BuyersAnswer", {may("COMPANY")}, "People who buy"),
      word("items", Question::items, "ItemsAnswer", {}, "Everything sold"),
      word("warehouses", Question::warehouses, "WarehousesAnswer", {}, "Warehouses"),
      word("orders", Question::orders, "OrdersAnswer", {may("COMPANY")}, "Orders not yet settled"),
      word("invoices", Question::invoices, "InvoicesAnswer", {may("COMPANY")}, "Invoices"),
      word("payments", Question::payments, "PaymentsAnswer", {may("COMPANY")}, "Payments"),
      word("rules", Question::rules, "RulesAnswer", {}, "Rules in force"),
      word("holds", Question::held_orders, "HeldOrdersAnswer", {may("COMPANY")},
           "Orders held, and why"),
      word("backorders", Question::backorders, "BackordersAnswer", {may("ITEM")},
           "Order lines that wait for stock, oldest first"),
  };
}

}  // namespace

std::span<const QuestionWord> get_words() {
  static const std::vector<QuestionWord> kWords = make_get_words();
  return kWords;
}

std::span<const QuestionWord> list_words() {
  static const std::vector<QuestionWord> kWords = make_list_words();
  return kWords;
}

}  // namespace kontor::cli
