#include "api/questions/present.h"

#include <algorithm>
#include <array>

namespace kontor::questions {

namespace {

struct Row {
  wire::Question question;
  PresentAnswer answer;
};

constexpr auto kAnswers = std::to_array<Row>({
    {wire::Question::book, &answer_book},
    {wire::Question::account, &answer_account},
    {wire::Question::company, &answer_company},
    {wire::Question::buyer, &answer_buyer},
    {wire::Question::budget, &answer_budget},
    {wire::Question::cost_centre, &answer_cost_centre},
    {wire::Question::assortment, &answer_assortment},
    {wire::Question::item, &answer_item},
    {wire::Question::warehouse, &answer_warehouse},
    {wire::Question::stock, &answer_stock},
    {wire::Question::price, &answer_price},
    {wire::Question::approvals, &answer_approvals},
    {wire::Question::terms, &answer_terms},
    {wire::Question::rule, &answer_rule},
    {wire::Question::policies, &answer_policies},
    {wire::Question::companies, &list_companies},
    {wire::Question::buyers, &list_buyers},
    {wire::Question::budgets, &list_budgets},
    {wire::Question::cost_centres, &list_cost_centres},
    {wire::Question::assortments, &list_assortments},
    {wire::Question::items, &list_items},
    {wire::Question::warehouses, &list_warehouses},
    {wire::Question::orders, &list_orders},
    {wire::Question::invoices, &list_invoices},
    {wire::Question::payments, &list_payments},
    {wire::Question::credit_notes, &list_credit_notes},
    {wire::Question::rules, &list_rules},
    {wire::Question::held_orders, &list_held_orders},
    {wire::Question::backorders, &list_backorders},
    {wire::Question::staff, &answer_staff},
    {wire::Question::staff_list, &list_staff},
    {wire::Question::authority, &list_authority},
    {wire::Question::check, &answer_check},
    {wire::Question::draft, &answer_draft},
    {wire::Question::template_, &answer_template},
    {wire::Question::recurring, &answer_recurring},
    {wire::Question::drafts, &list_drafts},
    {wire::Question::templates, &list_templates},
    {wire::Question::recurrings, &list_recurrings},
    {wire::Question::digest, &answer_digest},
});

}  // namespace

PresentAnswer find_present_answer(wire::Question question) {
  const auto* const found = std::find_if(kAnswers.begin(), kAnswers.end(),
                                         [&](const Row& row) { return row.question == question; });
  return found == kAnswers.end() ? nullptr : found->answer;
}

// The one answer whose work grows with the book: it writes all of the state, and the book waits.
Answered answer_digest(const Book& book, const Query&) {
  wire::DigestAnswerT out;
  out.sequence = book.last_sequence().value();
  out.digest = hex(book.digest());
  return answered(out);
}

}  // namespace kontor::questions
