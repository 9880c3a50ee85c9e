// What one projection names of another is there: in memory, or settled where that is enough.
#include <algorithm>
#include <map>
#include <string>

#include "projections/births.h"
#include "projections/book.h"
#include "projections/fold.h"
#include "projections/load_check.h"

namespace kontor {
namespace {

// In memory; or else it may have left: which births have, only the log knows.
bool is_known(const Book& book, SettledKind kind, std::uint64_t birth, std::uint64_t named_by) {
  if (book.is_in_memory(kind, birth)) return true;
  return !book.settled(kind).empty() && birth != 0 && birth < named_by;
}

std::string at(SettledKind kind, std::uint64_t birth) {
  return "the " + std::string(word_of(kind)) + " born at " + std::to_string(birth);
}

Status unknown(const std::string& what, SettledKind kind, std::uint64_t birth) {
  return broken(what + " of " + at(kind, birth) + ", which is not known");
}

Status check_bills(const Book& book) {
  constexpr auto kOrder = SettledKind::kOrder;
  constexpr auto kInvoice = SettledKind::kInvoice;
  for (const Invoice& invoice : book.receivables().invoices()) {
    if (!is_known(book, kOrder, invoice.order, invoice.ref)) {
      return unknown("an invoice", kOrder, invoice.order);
    }
  }
  for (const CreditNote& note : book.credit_notes().all()) {
    if (!is_known(book, kOrder, note.order, note.ref)) {
      return unknown("a credit note", kOrder, note.order);
    }
    if (!is_known(book, kInvoice, note.invoice, note.ref)) {
      return unknown("a credit note", kInvoice, note.invoice);
    }
  }
  Status status;
  book.settlements().for_each([&](const AppliedPart& part) {
    if (!status.ok()) return;
    const bool owned = book.is_in_memory(SettledKind::kPayment, part.source) ||
                       book.is_in_memory(SettledKind::kCreditNote, part.source);
    if (!owned) {
      status = broken("an application of what left, born at " + std::to_string(part.source));
    } else if (!is_known(book, kInvoice, part.invoice, book.last_sequence().value())) {
      status = unknown("an application", kInvoice, part.invoice);
    }
  });
  return status;
}

bool names_what_is_there(const Book& book, const ApprovalRequest& request) {
  const auto is_person = [&](BuyerId id) { return is_one_of(id, book.parties().buyer_count()); };
  return is_one_of_or_none(request.company, book.parties().company_count()) &&
         std::all_of(request.rules.begin(), request.rules.end(),
                     [&](Sequence rule) { return book.rules().version_at(rule) != nullptr; }) &&
         std::all_of(request.named.begin(), request.named.end(), is_person) &&
         std::all_of(request.votes.begin(), request.votes.end(),
                     [&](const Vote& vote) { return is_person(vote.by); }) &&
         std::all_of(request.escalated.begin(), request.escalated.end(),
                     [&](const Escalation& asked) { return is_person(asked.person); });
}

}  // namespace

// Deposits lie between orders, their sources and what the payers' accounts count of them.
Status Book::check_deposits() const {
  std::map<std::uint64_t, Minor> of_source;
  std::map<std::uint32_t, Minor> of_payer;
  for (const auto& [order, deposit] : deposits().all()) {
    if (!is_in_memory(SettledKind::kOrder, order)) {
      return broken(at(SettledKind::kOrder, order) + " has a deposit, but left");
    }
    for (const DepositShare& share : deposit.shares) {
      of_source[share.source] += share.amount;
      of_payer[share.payer.value()] += share.amount;
    }
  }
  const auto take = [&](std::uint64_t source) {
    const auto found = of_source.find(source);
    const Minor amount = found == of_source.end() ? Minor{} : found->second;
    if (found != of_source.end()) of_source.erase(found);
    return amount;
  };
  for (const Payment& payment : receivables().payments()) {
    if (take(payment.ref) != payment.deposited) return broken("a payment in other deposits");
  }
  for (const CreditNote& note : credit_notes().all()) {
    if (take(note.ref) != note.deposited) return broken("a credit note in other deposits");
  }
  if (!of_source.empty()) return broken("a deposit of a payment that is not there");
  std::map<std::uint32_t, Minor> counted;
  for (const auto& [order, amount] : credit().counted_deposits()) {
    const Order* const found = orders().find(OrderRef{order});
    const Deposit* const deposit = deposits().find(OrderRef{order});
    if (found == nullptr || deposit == nullptr || amount > deposit->undeducted()) {
      return broken("more counts as deposit of " + at(SettledKind::kOrder, order) + " than it has");
    }
    counted[found->payer] += amount;
  }
  for (std::uint32_t payer = 0; payer < credit().account_count(); ++payer) {
    const Account& account = credit().account(CompanyId{payer});
    if (account.bucket(Bucket::deposits) != counted[payer] ||
        account.deposited() != of_payer[payer]) {
      return broken("an account whose deposits differ from those of its orders and payments");
    }
  }
  return {};
}

Status Book::check_references() const {
  const Status assortments = catalogue().assortments().check_references(parties().company_count());
  if (!assortments.ok()) return assortments;
  if (Status bills = check_bills(*this); !bills.ok()) return bills;
  if (Status deposited = check_deposits(); !deposited.ok()) return deposited;
  constexpr auto kOrder = SettledKind::kOrder;
  for (const auto& [order, request] : approvals().pending()) {
    if (!is_in_memory(kOrder, order))
      return broken(at(kOrder, order) + " waits for people, but left");
    if (!names_what_is_there(*this, request)) {
      return broken("the request of " + at(kOrder, order) + " names what is not known");
    }
  }
  for (std::uint32_t payer = 0; payer < credit().account_count(); ++payer) {
    for (const auto& [order, held] : credit().account(CompanyId{payer}).held()) {
      if (!is_in_memory(kOrder, order)) return broken(at(kOrder, order) + " is held, but left");
      if (orders().get(OrderRef{order}).held_at == 0) {
        return broken(at(kOrder, order) + " is among the held, but is not");
      }
    }
  }
  // An order's leaves with it; an invoice's stays when the invoice leaves.
  for (const auto& [document, taking] : budgets().takings().all()) {
    const bool known = is_in_memory(kOrder, document) ||
                       is_known(*this, SettledKind::kInvoice, document, last_sequence_.value() + 1);
    if (!known) {
      return broken(at(kOrder, document) + " has taken of a budget or period, but left");
    }
  }
  Status status;
  stock().for_each_holder([&](std::uint64_t order) {
    const bool is_draft = drafts().find(order) != nullptr;
    if (status.ok() && !is_draft && !is_in_memory(kOrder, order)) {
      status = broken(at(kOrder, order) + " holds stock or waits for it, but left");
    }
  });
  for (const auto& [order, recurring] : drafts().recurrings()) {
    if (status.ok() && !is_in_memory(kOrder, order)) {
      status = broken(at(kOrder, order) + " recurs, but left");
    }
  }
  return status;
}

}  // namespace kontor
