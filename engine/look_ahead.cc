#include "engine/look_ahead.h"

#include <algorithm>
#include <concepts>

#include "engine/rules/pool.h"
#include "events/codec/bodies.h"
#include "events/codec/catalog.h"
#include "projections/fold.h"

namespace kontor {
namespace {

// In commands: far enough for memory to answer, near enough for caches to keep what it said.
constexpr std::size_t kBytesAhead = 16;  // they come from another processor's cache
constexpr std::size_t kSlotsAhead = 12;
constexpr std::size_t kRecordsAhead = 8;
constexpr std::size_t kPartsAhead = 4;

template <class Command>
void ask_for(const Book& book, const Command& command, Prefetch step) {
  if constexpr (requires {
                  { command.order() } -> std::same_as<const flatbuffers::String*>;
                }) {
    book.orders().prefetch(view(command.order()), step);
  }
  if constexpr (std::same_as<Command, ShipOrder>) {
    if (step == Prefetch::kSlot) book.stock().prefetch_shipment(view(command.shipment()));
  }
  if constexpr (std::same_as<Command, PlaceOrder>) {
    book.orders().settled().prefetch(view(command.order()), step);
  }
  if constexpr (std::same_as<Command, InvoiceOrder>) {
    book.receivables().settled_invoices().prefetch(view(command.invoice()), step);
  }
  if constexpr (std::same_as<Command, RecordPayment>) {
    book.receivables().settled_payments().prefetch(view(command.payment()), step);
    if (step == Prefetch::kSlot) book.receivables().prefetch_payment(view(command.payment()));
    for (const PayInvoice& named : run(command.invoices()))
      book.receivables().prefetch_invoice(pool_name(command.names(), named.invoice()), step);
  }
}

}  // namespace

void LookAhead::before(std::size_t index) {
  if (book_ == nullptr) return;
  const auto go_on = [&](std::size_t& next, std::size_t ahead, Prefetch step) {
    for (; next < std::min(index + ahead, job_.commands.size()); ++next)
      ask(job_.commands[next], step);
  };
  for (; bytes_ < std::min(index + kBytesAhead, job_.commands.size()); ++bytes_) {
    const CommandInput& input = job_.commands[bytes_];
    prefetch_bytes(input.id.data(), input.id.size());
    prefetch_bytes(input.body.data(), input.body.size());
    if (bytes_ + kBytesAhead < job_.commands.size())
      prefetch_bytes(&input + kBytesAhead, sizeof input);
  }
  go_on(slots_, kSlotsAhead, Prefetch::kSlot);
  go_on(records_, kRecordsAhead, Prefetch::kRecord);
  go_on(parts_, kPartsAhead, Prefetch::kParts);
}

void LookAhead::ask(const CommandInput& input, Prefetch step) const {
  if (input.status != StatusCode::kDone) return;
  if (step == Prefetch::kSlot) {
    book_->outcomes().prefetch(outcome_key(job_.principal, input.id));
  }
  if (input.resolve) return;
  switch (input.kind) {
#define KONTOR_ASK(Name, number) \
  case number:                   \
    return ask_for(*book_, *flatbuffers::GetRoot<Name>(input.body.data()), step);
    KONTOR_COMMANDS(KONTOR_ASK)
#undef KONTOR_ASK
    default:
      return;
  }
}

}  // namespace kontor
