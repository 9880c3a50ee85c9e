#include "api/questions/present.h"

namespace kontor::questions {

PresentAnswer find_present_answer(wire::Question question) {
  using wire::Question;
  switch (question) {
    case Question::book:
      return &answer_book;
    case Question::account:
      return &answer_account;
    case Question::company:
      return &answer_company;
    case Question::buyer:
      return &answer_buyer;
    case Question::budget:
      return &answer_budget;
    case Question::cost_centre:
      return &answer_cost_centre;
    case Question::item:
      return &answer_item;
    case Question::warehouse:
      return &answer_warehouse;
    case Question::invoice:
      return &answer_invoice;
    case Question::payment:
      return &answer_payment;
    case Question::credit_note:
      return &answer_credit_note;
    case Question::stock:
      return &answer_stock;
    case Question::price:
      return &answer_price;
    case Question::approvals:
      return &answer_approvals;
    case Question::terms:
      return &answer_terms;
    case Question::rule:
      return &answer_rule;
    case Question::policies:
      return &answer_policies;
    case Question::companies:
      return &list_companies;
    case Question::buyers:
      return &list_buyers;
    case Question::budgets:
      return &list_budgets;
    case Question::cost_centres:
      return &list_cost_centres;
    case Question::items:
      return &list_items;
    case Question::warehouses:
      return &list_warehouses;
    case Question::orders:
      return &list_orders;
    case Question::invoices:
      return &list_invoices;
    case Question::payments:
      return &list_payments;
    case Question::credit_notes:
      return &list_credit_notes;
    case Question::rules:
      return &list_rules;
    case Question::held_orders:
      return &list_held_orders;
    case Question::backorders:
      return &list_backorders;
    case Question::staff:
      return &answer_staff;
    case Question::staff_list:
      return &list_staff;
    case Question::authority:
      return &list_authority;
    case Question::digest:
      return &answer_digest;
    default:
      return nullptr;
  }
}

// The one answer whose work grows with the book: it writes all of the state, and the book waits.
Answered answer_digest(const Book& book, const Query&) {
  wire::DigestAnswerT out;
  out.sequence = book.last_sequence().value();
  out.digest = hex(book.digest());
  return answered(out);
}

}  // namespace kontor::questions
