#include "projections/settlements.h"

#include <algorithm>

#include "credit_generated.h"
#include "credit_note_generated.h"
#include "document_generated.h"
#include "invoice_generated.h"
#include "payment_generated.h"

#include "projections/fold.h"
#include "projections/load_check.h"

namespace kontor {
namespace {

AppliedPart part_of(const Application& part) {
  return {0, part.invoice(), Minor{part.amount()}, part.due(), part.instalment()};
}

void keep_name(NameTable& names, const flatbuffers::String* name) {
  if (name != nullptr) names.find_or_add(view(name));
}

}  // namespace

// ---- folds --------------------------------------------------------------------------------------

void Settlements::on(const Envelope&, const PaymentApplied& event) {
  keep_name(applications_, event.application());
  for (const Application& part : run(event.applications()))
    add(event.payment(), part_of(part));
}

void Settlements::on(const Envelope&, const PaymentUnapplied& event) {
  keep_name(applications_, event.undo());
  for (const Application& part : run(event.applications()))
    take_back(event.payment(), part_of(part));
}

void Settlements::on(const Envelope&, const PaymentReversed& event) {
  keep_name(reversals_, event.reversal());
}

void Settlements::on(const Envelope&, const RefundPaid& event) {
  keep_name(refunds_, event.refund());
}

void Settlements::on(const Envelope&, const CreditNoteApplied& event) {
  keep_name(applications_, event.application());
  for (const Application& part : run(event.applications()))
    add(event.credit_note(), part_of(part));
}

void Settlements::on(const Envelope&, const CreditNoteUnapplied& event) {
  keep_name(applications_, event.undo());
  for (const Application& part : run(event.applications()))
    take_back(event.credit_note(), part_of(part));
}

void Settlements::on(const Envelope&, const DepositApplied& event) {
  keep_name(applications_, event.application());
}

void Settlements::on(const Envelope&, const DepositReleased& event) {
  keep_name(applications_, event.undo());
}

// The first instalment is what is deducted.
void Settlements::on(const Envelope& by, const InvoiceIssued& event) {
  for (const DepositPart& part : run(event.deposits())) {
    const Instalment& first = run(event.instalments()).front();
    add(part.payment() != 0 ? part.payment() : part.credit_note(),
        {0, by.sequence.value(), Minor{part.amount()}, first.due(), first.number()});
  }
}

// ---- leaving and coming back --------------------------------------------------------------------

void Settlements::leave(std::uint64_t source) {
  while (const auto newest = newest_.find(source))
    drop(*newest, kNoOrdinal);
}

void Settlements::on(const Envelope&, const DocumentReopened& event) {
  const bool is_payment = event.payment_state() != nullptr;
  if (!is_payment && event.credit_note_state() == nullptr) return;
  const std::uint64_t source = is_payment ? event.payment() : event.credit_note();
  if (newest_.find(source)) return;  // its own events alone were folded
  const auto* const parts =
      is_payment ? event.payment_state()->parts() : event.credit_note_state()->parts();
  for (const ReopenedPart& part : run(parts))
    add(source, {0, part.invoice(), Minor{part.amount()}, part.due(), part.instalment()});
}

// ---- parts --------------------------------------------------------------------------------------

void Settlements::add(std::uint64_t source, const AppliedPart& part) {
  KONTOR_ASSERT(source != 0 && part.amount > Minor{0});
  std::uint32_t index = free_;
  if (index == kNoOrdinal) {
    index = static_cast<std::uint32_t>(parts_.size());
    parts_.emplace_back();
  } else {
    free_ = parts_[index].older;
  }
  parts_[index] = part;
  parts_[index].source = source;
  parts_[index].older = newest_.find(source).value_or(kNoOrdinal);
  newest_.set(source, index);
}

void Settlements::take_back(std::uint64_t source, const AppliedPart& part) {
  Minor left = part.amount;
  while (left > Minor{0}) {
    std::uint32_t newer = kNoOrdinal;
    std::uint32_t at = newest_.find(source).value_or(kNoOrdinal);
    while (at != kNoOrdinal &&
           (parts_[at].invoice != part.invoice || parts_[at].instalment != part.instalment)) {
      newer = at;
      at = parts_[at].older;
    }
    KONTOR_ASSERT(at != kNoOrdinal);
    const Minor cut = std::min(left, parts_[at].amount);
    parts_[at].amount -= cut;
    left -= cut;
    if (parts_[at].amount == Minor{0}) drop(at, newer);
  }
}

void Settlements::drop(std::uint32_t index, std::uint32_t newer) {
  const std::uint64_t source = parts_[index].source;
  const std::uint32_t older = parts_[index].older;
  if (newer != kNoOrdinal) {
    parts_[newer].older = older;
  } else if (older != kNoOrdinal) {
    newest_.set(source, older);
  } else {
    newest_.erase(source);
  }
  parts_[index] = AppliedPart{};
  parts_[index].older = free_;
  free_ = index;
}

// ---- questions ----------------------------------------------------------------------------------

std::size_t Settlements::part_count(std::uint64_t source) const {
  std::size_t count = 0;
  for_each_part(source, [&](const AppliedPart&) { ++count; });
  return count;
}

// ---- state --------------------------------------------------------------------------------------

void Settlements::save(Sink& out) const {
  newest_.save(out);
  out.pods(parts_);
  out.pod(free_);
  applications_.save(out);
  reversals_.save(out);
  refunds_.save(out);
}

void Settlements::load(Source& in) {
  *this = Settlements{};
  newest_.load(in);
  in.pods(parts_);
  in.pod(free_);
  applications_.load(in);
  reversals_.load(in);
  refunds_.load(in);
  const Lists<AppliedPart> lists{parts_, &AppliedPart::source, &AppliedPart::older};
  in.expect(lists.are_sound(newest_, free_));
}

Status Settlements::check_invariants() const {
  std::size_t used = 0;
  for (const AppliedPart& part : parts_) {
    if (part.source == 0) continue;
    ++used;
    if (part.amount <= Minor{0}) return broken("an application of nothing");
  }
  for (const AppliedPart& part : parts_) {
    if (part.source == 0 || part.older == kNoOrdinal) continue;
    if (parts_[part.older].source != part.source) {
      return broken("an application in the list of another payment or credit note");
    }
  }
  if (newest_.size() > used) return broken("more sources of applications than applications");
  return {};
}

}  // namespace kontor
