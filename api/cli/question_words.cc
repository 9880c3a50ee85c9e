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

QuestionWord word(std::string_view name, Question question, std::vector<QuestionArgument> arguments,
                  std::string_view help) {
  return {
      .word = name, .question = number(question), .arguments = std::move(arguments), .help = help};
}

QuestionArgument must(std::string_view name, Field field = Field::kName) {
  return {.name = name, .field = field, .required = true};
}
QuestionArgument may(std::string_view name, Field field = Field::kName) {
  return {.name = name, .field = field, .required = false};
}

std::vector<QuestionWord> make_get_words() {
  return {
      word("book", Question::book, {}, "The book: currency, calendar, business date"),
      word("account", Question::account, {must("COMPANY")},
           "What a payer owes: limit, exposure by bucket and due date, available"),
      word("company", Question::company, {must("COMPANY")}, "A company"),
      word("buyer", Question::buyer, {must("BUYER")}, "A person who acts for a company"),
      word("item", Question::item, {must("ITEM")}, "Something sold"),
      word("warehouse", Question::warehouse, {must("WAREHOUSE")}, "A place stock lies in"),
      word("order", Question::order, {must("ORDER")}, "An order: lines, states, approval, hold"),
      word("invoice", Question::invoice, {must("INVOICE")},
           "An invoice: lines, tax, instalments, what is open"),
      word("payment", Question::payment, {must("PAYMENT")},
           "A payment: what it was applied to, what is left"),
      word("credit_note", Question::credit_note, {must("CREDIT_NOTE")},
           "A credit note: lines, what it was applied to, what is left"),
      word("stock", Question::stock, {must("ITEM"), may("WAREHOUSE", Field::kSecond)},
           "Stock of an item: on hand, reserved, salable, waiting"),
      word("price", Question::price,
           {must("ITEM"), may("COMPANY", Field::kSecond), may("QUANTITY", Field::kThird)},
           "The price of an item for a company and quantity"),
      word("terms", Question::terms, {must("TERMS")}, "Payment terms"),
      word("rule", Question::rule, {must("RULE")}, "A rule in force"),
      word("policies", Question::policies,
           {may("COMPANY_OR_BUYER", Field::kSecond), may("ITEM", Field::kThird)},
           "Policies in force: value, source, since when"),
      word("policy", Question::policies,
           {must("POLICY"), may("COMPANY_OR_BUYER", Field::kSecond), may("ITEM", Field::kThird)},
           "One policy, as credit.at, and where its value comes from"),
      word("digest", Question::digest, {},
           "SHA-256 of the book's state; the book waits while it is computed"),
      word("approvals", Question::approvals, {may("PERSON")},
           "Orders waiting for approval, of a person or all"),
  };
}

std::vector<QuestionWord> make_list_words() {
  return {
      word("companies", Question::companies, {}, "All companies"),
      word("buyers", Question::buyers, {may("COMPANY")}, "People who buy"),
      word("items", Question::items, {}, "Everything sold"),
      word("warehouses", Question::warehouses, {}, "Warehouses"),
      word("orders", Question::orders, {may("COMPANY"), may("STATE", Field::kSecond)},
           "Orders; in one state as open or on_hold, \"\" for COMPANY: of all companies"),
      word("invoices", Question::invoices, {may("COMPANY")}, "Invoices"),
      word("payments", Question::payments, {may("COMPANY")}, "Payments"),
      word("credit_notes", Question::credit_notes, {may("COMPANY")}, "Credit notes"),
      word("rules", Question::rules, {}, "Rules in force"),
      word("holds", Question::held_orders, {may("COMPANY")}, "Orders held, and why"),
      word("backorders", Question::backorders, {may("ITEM")},
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
