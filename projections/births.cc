#include "projections/births.h"

#include <array>

#include "events/codec/bodies.h"
#include "events/codec/catalog.h"
#include "projections/fold.h"

namespace kontor {
namespace {

constexpr std::array<std::string_view, 4> kWords = {"order", "invoice", "payment", "credit_note"};

template <class Event>
const Event& body_of(const EventView& event) {
  return *flatbuffers::GetRoot<Event>(event.body.data());
}

}  // namespace

std::optional<Birth> birth_in(const EventView& event) {
  switch (event.header.kind) {
    case number_of<OrderPlaced>:
      return Birth{SettledKind::kOrder, view(body_of<OrderPlaced>(event).order())};
    case number_of<InvoiceIssued>:
      return Birth{SettledKind::kInvoice, view(body_of<InvoiceIssued>(event).invoice())};
    case number_of<PaymentReceived>:
      return Birth{SettledKind::kPayment, view(body_of<PaymentReceived>(event).payment())};
    case number_of<CreditNoteIssued>:
      return Birth{SettledKind::kCreditNote, view(body_of<CreditNoteIssued>(event).credit_note())};
    default:
      return std::nullopt;
  }
}

std::string_view word_of(SettledKind kind) {
  return kWords.at(static_cast<std::size_t>(kind));
}

std::optional<SettledKind> settled_kind(std::string_view word) {
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (kWords[i] == word) return static_cast<SettledKind>(i);
  }
  return std::nullopt;
}

}  // namespace kontor
