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

std::optional<NamedOrder> order_called(const Book& book, std::string_view name) {
  if (name.empty() || book.orders().find(name) != nullptr) return std::nullopt;
  return NamedOrder{name, OrderRef{0}};
}

template <class Command>
MissingOrders find_in(const Book& book, const Command& command) {
  if constexpr (std::same_as<Command, Reorder>) {
    return {order_called(book, view(command.order())),
            order_called(book, view(command.new_order()))};
  } else if constexpr (NamesOrder<Command>) {
    return {order_called(book, view(command.order())), std::nullopt};
  } else if constexpr (std::same_as<Command, IssueCreditNote>) {
    return {order_of(book, book.receivables().find_invoice(view(command.invoice()))), std::nullopt};
  } else if constexpr (std::same_as<Command, CancelCreditNote>) {
    return {order_of(book, book.credit_notes().find(view(command.credit_note()))), std::nullopt};
  } else {
    return {};
  }
}

}  // namespace

MissingOrders find_missing_orders(const Book& book, const CommandInput& input) {
  switch (input.kind) {
#define KONTOR_NAMED(Name, number) \
  case number:                     \
    return find_in(book, *flatbuffers::GetRoot<Name>(input.body.data()));
    KONTOR_COMMANDS(KONTOR_NAMED)
#undef KONTOR_NAMED
    default:
      return {};
  }
}

}  // namespace kontor
