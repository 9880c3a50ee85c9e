#include "projections/prefetch.h"

#include <algorithm>

#include "projections/orders.h"
#include "projections/receivables.h"

namespace kontor {

void Orders::prefetch(std::string_view name, Prefetch step) const {
  if (step == Prefetch::kSlot) return names_.prefetch(name);
  const auto index = names_.guess(name);
  if (!index) return;
  const Order& order = orders_[*index];
  if (step == Prefetch::kRecord) {
    names_.prefetch_text(*index);
    return prefetch_bytes(&order, sizeof order);
  }
  constexpr std::uint32_t kFirstLines = 3;  // the processor goes on by itself
  index_.prefetch(order.ref);
  prefetch_bytes(lines_.data() + order.first_line,
                 std::min(order.line_count, kFirstLines) * sizeof(OrderLineState));
}

void Orders::prefetch(OrderRef ref, Prefetch step) const {
  if (step == Prefetch::kSlot) return index_.prefetch(ref.value());
  const auto index = index_.find(ref.value());
  if (!index) return;
  const Order& order = orders_[*index];
  prefetch_bytes(&order, sizeof order);
}

void Orders::prefetch_leaving() const {
  constexpr std::size_t kSlots = 16;  // touches ahead
  constexpr std::size_t kRecords = 8;
  if (touches_.size() <= kSlots) return;
  index_.prefetch(touches_[kSlots].order);
  const auto index = index_.find(touches_[kRecords].order);
  if (index) prefetch_bytes(&orders_[*index], sizeof(Order));
}

void Receivables::prefetch_invoice(std::string_view name, Prefetch step) const {
  if (step == Prefetch::kSlot) return invoice_names_.prefetch(name);
  const auto index = invoice_names_.guess(name);
  if (!index) return;
  const Invoice& invoice = invoices_[*index];
  if (step == Prefetch::kRecord) {
    invoice_names_.prefetch_text(*index);
    return prefetch_bytes(&invoice, sizeof invoice);
  }
  invoice_index_.prefetch(invoice.ref);
  prefetch_bytes(instalments_.data() + invoice.first_instalment, sizeof(InstalmentState));
}

void Receivables::prefetch_leaving() const {
  constexpr std::size_t kSlots = 16;  // touches ahead
  constexpr std::size_t kRecords = 8;
  const Leaving::Touch* const far = leaving_invoices_.ahead(kSlots);
  if (far == nullptr) return;
  invoice_index_.prefetch(far->document);
  const auto index = invoice_index_.find(leaving_invoices_.ahead(kRecords)->document);
  if (index) prefetch_bytes(&invoices_[*index], sizeof(Invoice));
}

void Receivables::prefetch_birth(Sequence birth) const {
  invoice_index_.prefetch(birth.value());
  payment_index_.prefetch(birth.value());
}

}  // namespace kontor
