#include "engine/naming.h"

#include <concepts>

#include "events/codec/bodies.h"
#include "events/codec/catalog.h"
#include "projections/fold.h"

namespace kontor {
namespace {

template <class Command>
concept NamesOrder = requires(const Command& command) {
  { command.order() } -> std::same_as<const flatbuffers::String*>;
};

template <class Document>
std::optional<NamedOrder> order_of(const Book& book, const Document* document) {
  if (document == nullptr || book.orders().find(OrderRef{document->order}) != nullptr) {
    return std::nullopt;
  }
  return NamedOrder{{}, OrderRef{document->order}};
}

template <class Command>
std::optional<NamedOrder> find_in(const Book& book, const Command& command) {
  if constexpr (NamesOrder<Command>) {
    const std::string_view name = view(command.order());
    if (book.orders().find(name) != nullptr) return std::nullopt;
    return NamedOrder{name, OrderRef{0}};
  } else if constexpr (std::same_as<Command, IssueCreditNote>) {
    return order_of(book, book.receivables().find_invoice(view(command.invoice())));
  } else if constexpr (std::same_as<Command, CancelCreditNote>) {
    return order_of(book, book.credit_notes().find(view(command.credit_note())));
  } else {
    return std::nullopt;
  }
}

}  // namespace

std::optional<NamedOrder> find_missing_order(const Book& book, const CommandInput& input) {
  switch (input.kind) {
#define KONTOR_NAMED(Name, number) \
  case number:                     \
    return find_in(book, *flatbuffers::GetRoot<Name>(input.body.data()));
    KONTOR_COMMANDS(KONTOR_NAMED)
#undef KONTOR_NAMED
    default:
      return std::nullopt;
  }
}

}  // namespace kontor
