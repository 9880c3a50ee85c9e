// Settlements: which part of a payment or credit note closed which instalment, newest first, and
// the names of the documents that moved them. Folds what applies, takes back, reverses and refunds.
// Rules: domain, Terms, invoices, payments.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "projections/envelope.h"
#include "projections/sink.h"
#include "projections/tables.h"

namespace kontor {

struct DocumentReopened;
struct PaymentApplied;
struct PaymentUnapplied;
struct PaymentReversed;
struct RefundPaid;
struct DepositApplied;
struct DepositReleased;
struct InvoiceIssued;
struct CreditNoteApplied;
struct CreditNoteUnapplied;

// What one application still closes of one instalment.
struct AppliedPart {
  std::uint64_t source = 0;  // birth of the payment or credit note; 0: a free place
  std::uint64_t invoice = 0;
  Minor amount;
  std::int32_t due = 0;
  std::uint32_t instalment = 0;
  std::uint32_t older = kNoOrdinal;  // of the same source
  std::uint32_t spare = 0;
};

class Settlements {
 public:
  static constexpr std::uint32_t kNumber = 16;

  void on(const Envelope& by, const DocumentReopened& event);
  void on(const Envelope& by, const PaymentApplied& event);
  void on(const Envelope& by, const PaymentUnapplied& event);
  void on(const Envelope& by, const PaymentReversed& event);
  void on(const Envelope& by, const RefundPaid& event);
  void on(const Envelope& by, const CreditNoteApplied& event);
  void on(const Envelope& by, const CreditNoteUnapplied& event);
  void on(const Envelope& by, const DepositApplied& event);
  void on(const Envelope& by, const DepositReleased& event);
  void on(const Envelope& by, const InvoiceIssued& event);  // what a deposit had pays it
  // The payment or credit note has left memory, and its parts with it.
  void leave(std::uint64_t source);

  // What a payment or credit note has applied, newest first.
  template <class Visit>
  void for_each_part(std::uint64_t source, Visit visit) const {
    for (std::uint32_t at = newest_.find(source).value_or(kNoOrdinal); at != kNoOrdinal;
         at = parts_[at].older) {
      visit(parts_[at]);
    }
  }
  template <class Visit>
  void for_each(Visit visit) const {  // all parts
    for (const AppliedPart& part : parts_) {
      if (part.source != 0) visit(part);
    }
  }
  std::size_t part_count(std::uint64_t source) const;

  bool has_application(std::string_view name) const {  // or undoing of one
    return applications_.find(name).has_value();
  }
  bool has_reversal(std::string_view name) const { return reversals_.find(name).has_value(); }
  bool has_refund(std::string_view name) const { return refunds_.find(name).has_value(); }

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  void add(std::uint64_t source, const AppliedPart& part);
  // Takes back what the newest application to that instalment closes, at most its amount.
  void take_back(std::uint64_t source, const AppliedPart& part);
  void drop(std::uint32_t index, std::uint32_t newer);

  KeyTable newest_;  // source to its newest part
  std::vector<AppliedPart> parts_;
  std::uint32_t free_ = kNoOrdinal;
  NameTable applications_;
  NameTable reversals_;
  NameTable refunds_;
};

}  // namespace kontor
