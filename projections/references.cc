// What one projection names of another is there: in memory, or settled where that is enough.
#include <algorithm>
#include <vector>

#include "projections/book.h"
#include "projections/fold.h"
#include "projections/load_check.h"

namespace kontor {
namespace {

class Known {
 public:
  explicit Known(const Orders& orders) : orders_(orders) {}

  bool in_memory(std::uint64_t order) const { return orders_.find(OrderRef{order}) != nullptr; }
  bool anywhere(std::uint64_t order) {
    if (in_memory(order)) return true;
    if (births_.empty()) {
      orders_.settled().for_each([&](const auto& entry) { births_.push_back(entry.birth); });
      std::sort(births_.begin(), births_.end());
    }
    return std::binary_search(births_.begin(), births_.end(), order);
  }

 private:
  const Orders& orders_;
  std::vector<std::uint64_t> births_;  // of settled ones, when asked for
};

std::string order_at(std::uint64_t birth) {
  return "the order born at " + std::to_string(birth);
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

Status Book::check_references() const {
  const Status assortments = catalogue().assortments().check_references(parties().company_count());
  if (!assortments.ok()) return assortments;
  Known known(orders());
  for (const Invoice& invoice : receivables().invoices()) {
    if (!known.anywhere(invoice.order)) {
      return broken("an invoice of " + order_at(invoice.order) + ", which is not known");
    }
  }
  for (const CreditNote& note : credit_notes().all()) {
    if (!known.anywhere(note.order)) {
      return broken("a credit note of " + order_at(note.order) + ", which is not known");
    }
  }
  for (const auto& [order, request] : approvals().pending()) {
    if (!known.in_memory(order)) return broken(order_at(order) + " waits for people, but left");
    if (!names_what_is_there(*this, request)) {
      return broken("the request of " + order_at(order) + " names what is not known");
    }
  }
  for (std::uint32_t payer = 0; payer < credit().account_count(); ++payer) {
    for (const auto& [order, held] : credit().account(CompanyId{payer}).held()) {
      if (!known.in_memory(order)) return broken(order_at(order) + " is held, but left");
    }
  }
  for (const auto& [document, taking] : budgets().takings().all()) {
    const bool known_one =
        known.in_memory(document) || receivables().find_invoice(InvoiceRef{document}) != nullptr;
    if (!known_one)
      return broken(order_at(document) + " has taken of a budget or period, but left");
  }
  Status status;
  stock().for_each_holder([&](std::uint64_t order) {
    const bool is_draft = drafts().find(order) != nullptr;
    if (status.ok() && !is_draft && !known.in_memory(order)) {
      status = broken(order_at(order) + " holds stock or waits for it, but left");
    }
  });
  for (const auto& [order, recurring] : drafts().recurrings()) {
    if (status.ok() && !known.in_memory(order)) {
      status = broken(order_at(order) + " recurs, but left");
    }
  }
  return status;
}

}  // namespace kontor
