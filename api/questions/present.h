// Questions about a book's present: one function per question, each building its answer table from
// the book as it stands. Engine thread; the work of each is bounded (query.h).
#pragma once

#include "wire_generated.h"

#include "api/questions/query.h"

namespace kontor::questions {

using PresentAnswer = Answered (*)(const Book& book, const Query& query);
PresentAnswer find_present_answer(wire::Question question);  // null: not about the present

// parties.cc
Answered answer_book(const Book& book, const Query& query);
Answered answer_company(const Book& book, const Query& query);
Answered answer_buyer(const Book& book, const Query& query);
Answered list_companies(const Book& book, const Query& query);
Answered list_buyers(const Book& book, const Query& query);
// credit.cc
Answered answer_account(const Book& book, const Query& query);
Answered list_held_orders(const Book& book, const Query& query);
// budgets.cc
Answered answer_budget(const Book& book, const Query& query);
Answered answer_cost_centre(const Book& book, const Query& query);
Answered list_budgets(const Book& book, const Query& query);
Answered list_cost_centres(const Book& book, const Query& query);
// goods.cc
Answered answer_item(const Book& book, const Query& query);
Answered answer_warehouse(const Book& book, const Query& query);
Answered answer_stock(const Book& book, const Query& query);
Answered list_items(const Book& book, const Query& query);
Answered list_warehouses(const Book& book, const Query& query);
Answered list_backorders(const Book& book, const Query& query);
// prices.cc
Answered answer_price(const Book& book, const Query& query);
Answered answer_terms(const Book& book, const Query& query);
// orders.cc
Answered answer_order(const Book& book, const Query& query);  // of one in memory
Answered list_orders(const Book& book, const Query& query);
// drafts.cc
Answered answer_draft(const Book& book, const Query& query);
Answered answer_template(const Book& book, const Query& query);
Answered answer_recurring(const Book& book, const Query& query);
Answered list_drafts(const Book& book, const Query& query);
Answered list_templates(const Book& book, const Query& query);
Answered list_recurrings(const Book& book, const Query& query);
// check.cc
Answered answer_check(const Book& book, const Query& query);
// approvals.cc
Answered answer_approvals(const Book& book, const Query& query);
// authority.cc
Answered answer_staff(const Book& book, const Query& query);
Answered list_staff(const Book& book, const Query& query);
Answered list_authority(const Book& book, const Query& query);
// billing.cc
// Of one that is in memory with all it shows; nothing: it is not.
std::optional<Answered> answer_invoice(const Book& book, const Query& query);
std::optional<Answered> answer_payment(const Book& book, const Query& query);
std::optional<Answered> answer_credit_note(const Book& book, const Query& query);
Answered list_invoices(const Book& book, const Query& query);
Answered list_payments(const Book& book, const Query& query);
Answered list_credit_notes(const Book& book, const Query& query);
// rules.cc
Answered answer_rule(const Book& book, const Query& query);
Answered list_rules(const Book& book, const Query& query);
// assortments.cc
Answered answer_assortment(const Book& book, const Query& query);
Answered list_assortments(const Book& book, const Query& query);
// policies.cc
Answered answer_policies(const Book& book, const Query& query);
// present.cc
Answered answer_digest(const Book& book, const Query& query);

}  // namespace kontor::questions
