// What one projection names of another is there: in memory, or settled where that is enough.
#include <algorithm>
#include <map>
#include <string>
#include <utility>

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

// ---- deposits -----------------------------------------------------------------------------------

// What lies in deposits: of each payment or credit note, by its birth, and of each payer.
struct Deposited {
  std::map<std::uint64_t, Minor> of_source;
  std::map<std::uint32_t, Minor> of_payer;
};

Status sum_deposits(const Book& book, Deposited& out) {
  for (const auto& [order, deposit] : book.deposits().all()) {
    if (!book.is_in_memory(SettledKind::kOrder, order)) {
      return broken(at(SettledKind::kOrder, order) + " has a deposit, but left");
    }
    for (const DepositShare& share : deposit.shares) {
      out.of_source[share.source] += share.amount;
      out.of_payer[share.payer.value()] += share.amount;
    }
  }
  return {};
}

Status check_sources(const Book& book, std::map<std::uint64_t, Minor> of_source) {
  const auto take = [&](std::uint64_t source) {
    const auto found = of_source.find(source);
    const Minor amount = found == of_source.end() ? Minor{} : found->second;
    if (found != of_source.end()) of_source.erase(found);
    return amount;
  };
  for (const Payment& payment : book.receivables().payments()) {
    if (take(payment.ref) != payment.deposited) return broken("a payment in other deposits");
  }
  for (const CreditNote& note : book.credit_notes().all()) {
    if (take(note.ref) != note.deposited) return broken("a credit note in other deposits");
  }
  if (!of_source.empty()) return broken("a deposit of a payment that is not there");
  return {};
}

Status check_accounts(const Book& book, std::map<std::uint32_t, Minor> of_payer) {
  std::map<std::uint32_t, Minor> counted;
  for (const auto& [order, amount] : book.credit().counted_deposits()) {
    const Order* const found = book.orders().find(OrderRef{order});
    const Deposit* const deposit = book.deposits().find(OrderRef{order});
    if (found == nullptr || deposit == nullptr || amount > deposit->undeducted()) {
      return broken("more counts as deposit of " + at(SettledKind::kOrder, order) + " than it has");
    }
    counted[found->payer] += amount;
  }
  for (std::uint32_t payer = 0; payer < book.credit().account_count(); ++payer) {
    const Account& account = book.credit().account(CompanyId{payer});
    if (account.bucket(Bucket::deposits) != counted[payer] ||
        account.deposited() != of_payer[payer]) {
      return broken("an account whose deposits differ from those of its orders and payments");
    }
  }
  return {};
}

// Deposits lie between orders, their sources and what the payers' accounts count of them.
Status check_deposits(const Book& book) {
  Deposited deposited;
  if (Status summed = sum_deposits(book, deposited); !summed.ok()) return summed;
  if (Status sources = check_sources(book, std::move(deposited.of_source)); !sources.ok()) {
    return sources;
  }
  return check_accounts(book, std::move(deposited.of_payer));
}

// ---- what of orders others keep -----------------------------------------------------------------

Status check_requests(const Book& book) {
  for (const auto& [order, request] : book.approvals().pending()) {
    if (!book.is_in_memory(SettledKind::kOrder, order))
      return broken(at(SettledKind::kOrder, order) + " waits for people, but left");
    if (!names_what_is_there(book, request)) {
      return broken("the request of " + at(SettledKind::kOrder, order) +
                    " names what is not known");
    }
  }
  return {};
}

Status check_held(const Book& book) {
  for (std::uint32_t payer = 0; payer < book.credit().account_count(); ++payer) {
    for (const auto& [order, held] : book.credit().account(CompanyId{payer}).held()) {
      const Order* const found = book.orders().find(OrderRef{order});
      if (found == nullptr) return broken(at(SettledKind::kOrder, order) + " is held, but left");
      if (found->held_at == 0) {
        return broken(at(SettledKind::kOrder, order) + " is among the held, but is not");
      }
    }
  }
  return {};
}

// An order's leaves with it; an invoice's stays when the invoice leaves.
Status check_takings(const Book& book) {
  const std::uint64_t next = book.last_sequence().value() + 1;
  for (const auto& [document, taking] : book.budgets().takings().all()) {
    const bool known = book.is_in_memory(SettledKind::kOrder, document) ||
                       is_known(book, SettledKind::kInvoice, document, next);
    if (!known) {
      return broken(at(SettledKind::kOrder, document) +
                    " has taken of a budget or period, but left");
    }
  }
  return {};
}

Status check_holders(const Book& book) {
  Status status;
  book.stock().for_each_holder([&](std::uint64_t order) {
    const bool is_draft = book.drafts().find(order) != nullptr;
    if (status.ok() && !is_draft && !book.is_in_memory(SettledKind::kOrder, order)) {
      status = broken(at(SettledKind::kOrder, order) + " holds stock or waits for it, but left");
    }
  });
  return status;
}

Status check_recurrings(const Book& book) {
  for (const auto& [order, recurring] : book.drafts().recurrings()) {
    if (!book.is_in_memory(SettledKind::kOrder, order)) {
      return broken(at(SettledKind::kOrder, order) + " recurs, but left");
    }
  }
  return {};
}

}  // namespace

Status Book::check_references() const {
  Status status = catalogue().assortments().check_references(parties().company_count());
  for (const auto check : {check_bills, check_deposits, check_requests, check_held, check_takings,
                           check_holders, check_recurrings}) {
    if (status.ok()) status = check(*this);
  }
  return status;
}

}  // namespace kontor
