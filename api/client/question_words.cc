// The words of all questions, one row each, and how what is said with them becomes a question.
#include "api/client/question_words.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>

#include "wire_generated.h"

namespace kontor {
namespace {

using wire::Question;
using Field = ArgumentField;

constexpr std::int64_t kRowsOfPageMax = 1'000;

constexpr std::uint16_t number(Question question) {
  return static_cast<std::uint16_t>(question);
}

QuestionWord word(std::string_view name, Question question, std::vector<QuestionArgument> arguments,
                  std::string_view help) {
  return {
      .word = name, .question = number(question), .arguments = std::move(arguments), .help = help};
}

QuestionWord also_called(std::string_view alias, QuestionWord word) {
  word.alias = alias;
  return word;
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
      word("cost_centre", Question::cost_centre, {must("COST_CENTRE")},
           "A cost centre: whose it is, its budgets"),
      word("budget", Question::budget, {must("BUDGET")},
           "A budget: what was taken, what waits for approval, what is left"),
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
      word("rule", Question::rule, {must("RULE")}, "A rule in force, and what it was before"),
      word("assortment", Question::assortment, {must("ASSORTMENT")},
           "An assortment: what is in it, and who may order it"),
      word("policies", Question::policies,
           {may("COMPANY_OR_BUYER", Field::kSecond), may("ITEM", Field::kThird)},
           "Policies in force: value, source, since when"),
      word("policy", Question::policies,
           {must("POLICY"), may("COMPANY_OR_BUYER", Field::kSecond), may("ITEM", Field::kThird)},
           "One policy, as credit.at, and where its value comes from"),
      word("draft", Question::draft, {must("DRAFT")}, "What somebody wants, not ordered yet"),
      word("template", Question::template_, {must("TEMPLATE")}, "Lines to order from again"),
      word("recurring", Question::recurring, {must("ORDER")},
           "A recurring order: schedule, state, the next run"),
      word("digest", Question::digest, {},
           "SHA-256 of the book's state; the book waits while it is computed"),
      word("staff", Question::staff, {must("STAFF")},
           "One of the seller's people: roles, and authority by act"),
      word("approvals", Question::approvals, {may("PERSON")},
           "Orders waiting for approval, of a person or all"),
  };
}

std::vector<QuestionWord> make_list_words() {
  return {
      word("companies", Question::companies, {}, "All companies"),
      word("buyers", Question::buyers, {may("COMPANY")}, "People who buy"),
      word("cost_centres", Question::cost_centres, {may("COMPANY")}, "Cost centres"),
      word("budgets", Question::budgets, {may("COST_CENTRE")},
           "Budgets: taken, waiting, left; of one cost centre or all"),
      word("items", Question::items, {}, "Everything sold"),
      word("warehouses", Question::warehouses, {}, "Warehouses"),
      word("orders", Question::orders, {may("COMPANY"), may("STATE", Field::kSecond)},
           "Orders; in one state as open or on_hold, \"\" for COMPANY: of all companies"),
      word("invoices", Question::invoices, {may("COMPANY")}, "Invoices"),
      word("payments", Question::payments, {may("COMPANY")}, "Payments"),
      word("credit_notes", Question::credit_notes, {may("COMPANY")}, "Credit notes"),
      word("rules", Question::rules, {}, "Rules in force"),
      word("assortments", Question::assortments, {}, "Assortments"),
      word("drafts", Question::drafts, {may("COMPANY")}, "Drafts, by the time of their first save"),
      word("templates", Question::templates, {may("COMPANY")},
           "Templates: a company's own and those that are anybody's"),
      word("recurrings", Question::recurrings, {may("COMPANY")}, "Recurring orders"),
      word("holds", Question::held_orders, {may("COMPANY")}, "Orders held, and why"),
      word("backorders", Question::backorders, {may("ITEM")},
           "Order lines that wait for stock, oldest first"),
      also_called("staff", word("staff_list", Question::staff_list, {}, "The seller's people")),
      word("authority", Question::authority, {may("COMPANY")},
           "Who may do what: roles, reach, limits, what each may approve or release"),
  };
}

QuestionArgument option(std::string_view name, Field field, std::string_view help) {
  return {.name = name, .field = field, .required = false, .help = help};
}

// Those that are verbs of their own on the command line.
std::vector<QuestionWord> make_other_words() {
  QuestionWord why =
      word("why", Question::why, {must("ORDER|COMMAND_ID")},
           "Why an order is held, refused or not approved, and what would release it");
  why.verb = QuestionVerb::kWhy;
  QuestionWord exposure =
      word("exposure", Question::exposure,
           {must("COMPANY"),
            option("ALL", Field::kFilter, "Documents whose moves sum to nothing by now as well")},
           "What a payer's exposure is made of, event by event");
  exposure.verb = QuestionVerb::kExplain;
  QuestionWord events = word(
      "events", Question::events,
      {option("STREAM", Field::kName,
              "Only those of one order, invoice, payment, company, item or budget"),
       option("FROM", Field::kFrom, "First position"), option("TO", Field::kTo, "Last position")},
      "Events, oldest first");
  events.verb = QuestionVerb::kEvents;
  QuestionWord documents =
      word("documents", Question::documents,
           {option("COMPANY", Field::kName, "Of this company: it ordered, or pays"),
            option("KIND", Field::kSecond, "order, invoice, payment or credit_note"),
            option("FROM", Field::kDateFrom, "Dated on or after"),
            option("TO", Field::kDateTo, "Dated on or before"),
            option("STATE", Field::kState,
                   "awaiting_approval, rejected, failed, on_hold, open, fulfilled, cancelled, "
                   "part_paid, paid, part_credited, credited or settled"),
            option("TEXT", Field::kThird, "Whose name or reference begins so, whatever the case")},
           "Search orders, invoices, payments and credit notes, by date or by name");
  documents.verb = QuestionVerb::kDocuments;
  QuestionWord four_eyes = word("four_eyes", Question::four_eyes,
                                {option("FROM", Field::kDateFrom, "Business days on or after"),
                                 option("TO", Field::kDateTo, "Business days on or before"),
                                 option("PERSON", Field::kName, "Only this person's")},
                                "Approvals where creator, approver or payer are one person");
  four_eyes.verb = QuestionVerb::kFourEyes;
  return {why, exposure, events, documents, four_eyes};
}

struct AllWords {
  std::vector<QuestionWord> words;
  std::size_t get = 0;   // the first so many
  std::size_t list = 0;  // those after them
};

const AllWords& all_words() {
  static const AllWords kAll = [] {
    AllWords all;
    all.words = make_get_words();
    all.get = all.words.size();
    for (QuestionWord& many : make_list_words()) {
      many.verb = QuestionVerb::kList;
      all.words.push_back(std::move(many));
    }
    all.list = all.words.size() - all.get;
    for (QuestionWord& other : make_other_words())
      all.words.push_back(std::move(other));
    return all;
  }();
  return kAll;
}

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Error usage(std::string_view shown, std::string_view text, std::string_view what) {
  return {ErrorKind::kUsage,
          std::string(shown) + " '" + std::string(text) + "': " + std::string(what)};
}

Status set_position(Sequence& out, std::string_view text, std::string_view shown) {
  const auto position = whole(text);
  if (!position || *position < 0) return usage(shown, text, "not a position");
  out = Sequence{static_cast<std::uint64_t>(*position)};
  return {};
}

// A position is a number, a time an RFC 3339 text.
Status set_as_of(QueryToSend& query, std::string_view text, std::string_view shown) {
  if (const auto position = whole(text); position && *position > 0) {
    query.as_of = Sequence{static_cast<std::uint64_t>(*position)};
    return {};
  }
  if (const auto time = parse_timestamp(text)) {
    query.as_of_time = *time;
    return {};
  }
  return usage(shown, text, "neither a position nor a time as 2026-03-10T09:30:00Z");
}

Status set_date(Date& out, std::string_view text, std::string_view shown) {
  const auto date = parse_date(text);
  if (!date) return usage(shown, text, "not a date as 2026-03-10");
  out = *date;
  return {};
}

Status set_number(QueryToSend& query, std::string_view text, std::string_view shown) {
  const auto number = whole(text);
  if (!number) return usage(shown, text, "not a whole number");
  query.number = *number;
  return {};
}

Status set_flag(QueryToSend& query, std::string_view text, std::string_view shown) {
  if (text != "true" && text != "false") return usage(shown, text, "true or false is wanted");
  query.filter = text == "true" ? 1 : 0;
  return {};
}

Status set_limit(QueryToSend& query, std::string_view text, std::string_view shown) {
  const auto limit = whole(text);
  if (!limit || *limit < 1 || *limit > kRowsOfPageMax) {
    return usage(shown, text, "a number of rows from 1 to 1000 is wanted");
  }
  query.limit = static_cast<std::uint32_t>(*limit);
  return {};
}

}  // namespace

std::string QuestionArgument::parameter() const {
  std::string out(name.substr(0, name.find('|')));
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return c == '-' ? '_' : static_cast<char>(std::tolower(c));
  });
  return out;
}

std::span<const QuestionWord> question_words() {
  return all_words().words;
}

std::span<const QuestionWord> get_words() {
  return question_words().first(all_words().get);
}

std::span<const QuestionWord> list_words() {
  return question_words().subspan(all_words().get, all_words().list);
}

const QuestionWord* find_question_word(std::string_view word) {
  const auto words = question_words();
  const auto found = std::find_if(words.begin(), words.end(),
                                  [&](const QuestionWord& other) { return other.word == word; });
  return found == words.end() ? nullptr : &*found;
}

std::span<const QuestionArgument> common_arguments(const QuestionWord& word) {
  static const std::array kCommon = {
      option("AS-OF", Field::kAsOf, "What was known at a position or a recorded time (RFC 3339)"),
      option("EFFECTIVE", Field::kDate, "What was true on a date; of an account"),
  };
  switch (word.verb) {
    case QuestionVerb::kGet:
    case QuestionVerb::kList:
      return kCommon;
    case QuestionVerb::kWhy:
    case QuestionVerb::kExplain:
      return std::span(kCommon).first(1);
    case QuestionVerb::kEvents:
    case QuestionVerb::kDocuments:
    case QuestionVerb::kFourEyes:
      break;
  }
  return {};
}

std::span<const QuestionArgument> paging_arguments() {
  static const std::array kPaging = {
      option("LIMIT", Field::kLimit, "At most so many rows"),
      option("AFTER", Field::kAfter, "What the page before said as `next`"),
  };
  return kPaging;
}

Status set_argument(QueryToSend& query, const QuestionArgument& argument, const std::string& text,
                    std::string_view shown) {
  switch (argument.field) {
    case ArgumentField::kName:
      query.name = text;
      return {};
    case ArgumentField::kSecond:
      query.second = text;
      return {};
    case ArgumentField::kThird:
      query.third = text;
      return {};
    case ArgumentField::kAfter:
      query.after = text;
      return {};
    case ArgumentField::kDate:
      return set_date(query.date, text, shown);
    case ArgumentField::kDateFrom:
      return set_date(query.date_from, text, shown);
    case ArgumentField::kDateTo:
      return set_date(query.date_to, text, shown);
    case ArgumentField::kState:
      query.state = text;
      return {};
    case ArgumentField::kNumber:
      return set_number(query, text, shown);
    case ArgumentField::kFrom:
      return set_position(query.from, text, shown);
    case ArgumentField::kTo:
      return set_position(query.to, text, shown);
    case ArgumentField::kFilter:
      return set_flag(query, text, shown);
    case ArgumentField::kAsOf:
      return set_as_of(query, text, shown);
    case ArgumentField::kLimit:
      return set_limit(query, text, shown);
  }
  return {};
}

}  // namespace kontor
