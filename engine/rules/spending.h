// What pays invoices: a payment or a credit note, spent on instalments, and what comes back of it.
// Rules: domain, Terms, invoices, payments.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "payment_generated.h"

#include "engine/step.h"

namespace kontor {

inline constexpr std::size_t kApplicationsMax = 4096;  // of one payment or credit note at a time

// A payment or credit note as it stands.
struct CreditSource {
  Subject kind = Subject::payment;
  std::uint64_t ref = 0;
  CompanyId payer;
  CurrencyCode currency;
  Minor unapplied;
};
CreditSource source_of(const Payment& payment);
CreditSource source_of(const CreditNote& note);

// The one of the two that a command names, its version expected; or nothing after refusing it.
struct SourceNames {
  std::string_view payment;
  std::string_view credit_note;
  std::string_view name() const { return payment.empty() ? credit_note : payment; }
};
std::optional<CreditSource> expect_source(Step& step, const SourceNames& names);
// Refuses currency_mismatch when the command says another (0: none).
void expect_currency(Step& step, const CreditSource& source, std::string_view name,
                     CurrencyCode currency);
// The amount wanted of an unapplied sum, or all of it when absent; refuses not_positive and
// more_than_unapplied.
Minor expect_unapplied(Step& step, const CreditSource& source, std::string_view name,
                       std::int64_t wanted);

// Spends a sum on instalments, each once, and remembers the moves.
class Spending {
 public:
  Spending(const Book& book, Minor amount, std::size_t parts_max = kApplicationsMax)
      : book_(book), left_(amount), parts_max_(parts_max) {}

  // Closes instalments of an invoice, oldest due first, with at most `most`.
  void pay_invoice(const Invoice& invoice, Minor most);
  // Closes what the payer owes, oldest due first.
  void pay_oldest(CompanyId payer);

  Minor left() const { return left_; }
  void set_aside(Minor amount) { left_ -= amount; }  // for something else

  bool empty() const { return applications_.empty(); }
  const std::vector<Application>& applications() const { return applications_; }
  const std::vector<CreditMove>& moves() const { return moves_; }

 private:
  Minor pay(const Invoice& invoice, const InstalmentState& part, Minor most);
  bool was_paid(const Invoice& invoice, const InstalmentState& part) const;
  Minor applied_to(const Invoice& invoice) const;

  const Book& book_;
  Minor left_;
  std::size_t parts_max_;
  std::vector<Application> applications_;
  std::vector<CreditMove> moves_;
};

// A change of what is unapplied of the source.
CreditMove unapplied_move(const CreditSource& source, Minor amount);

// What the source has applied to one invoice; or the newest `amount` of all it has applied, of
// which the oldest part may be cut.
std::vector<Application> applied_to(const Book& book, std::uint64_t source, InvoiceRef invoice);
std::vector<Application> newest_applied(const Book& book, std::uint64_t source, Minor amount);

// Refuses amount_overflow when an account could not count what would come back to it.
void expect_room_to_return(Step& step, const CreditSource& source,
                           const std::vector<Application>& parts);

// PaymentApplied and PaymentUnapplied, or those of a credit note. document: the caller's, may be
// empty.
void emit_applied(Step& step, const CreditSource& source, std::string_view document,
                  const Spending& spending);
void emit_unapplied(Step& step, const CreditSource& source, std::string_view document,
                    const std::vector<Application>& parts);

// Pays a credit note's own invoice with what is left of it, if anything is open.
void apply_to_own_invoice(Step& step, const CreditSource& note, InvoiceRef invoice);

}  // namespace kontor
