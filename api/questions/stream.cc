#include "api/questions/stream.h"

#include <array>
#include <optional>
#include <vector>

#include "events/json/json.h"
#include "projections/births.h"

namespace kontor::questions {
namespace {

constexpr auto kKinds = std::to_array<std::string_view>(
    {"order", "invoice", "payment", "credit_note", "company", "buyer", "item", "warehouse", "terms",
     "rule", "cost_centre", "budget"});

template <class Id>
std::optional<std::uint64_t> plain(const std::optional<Id>& id) {
  return id ? std::optional<std::uint64_t>(id->value()) : std::nullopt;
}

std::optional<std::uint64_t> find_ref(const Book& book, std::string_view kind,
                                      std::string_view name) {
  if (const auto document = settled_kind(kind)) {
    const std::uint64_t birth = book.find_document(*document, name);
    return birth == 0 ? std::nullopt : std::optional(birth);
  }
  if (kind == "company") return plain(book.parties().find_company(name));
  if (kind == "buyer") return plain(book.parties().find_buyer(name));
  if (kind == "item") return plain(book.catalogue().find_item(name));
  if (kind == "warehouse") return plain(book.stock().find_warehouse(name));
  if (kind == "terms") return plain(book.terms().find(name));
  if (kind == "cost_centre") return plain(book.budgets().find_cost_centre(name));
  if (kind == "budget") return plain(book.budgets().find_budget(name));
  if (kind == "rule") return plain(book.rules().find(name));
  return std::nullopt;
}

Stream stream_of(std::string_view kind, std::uint64_t ref) {
  return {std::string(kind), ref, settled_kind(kind).has_value()};
}

std::optional<Stream> find_with_kind(const Book& book, std::string_view name) {
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto ref = find_ref(book, name.substr(0, colon), name.substr(colon + 1));
  if (!ref) return std::nullopt;
  return stream_of(name.substr(0, colon), *ref);
}

}  // namespace

Result<Stream> find_stream(const Book& book, std::string_view name) {
  std::vector<Stream> found;
  std::string kinds;
  for (const std::string_view kind : kKinds) {
    const auto ref = find_ref(book, kind, name);
    if (!ref) continue;
    found.push_back(stream_of(kind, *ref));
    kinds += (kinds.empty() ? "" : ", ") + std::string(kind);
  }
  if (found.size() == 1) return found.front();
  if (found.size() > 1) {
    return Error{ErrorKind::kUsage, "'" + std::string(name) + "' is the name of several things (" +
                                        kinds + "): say which, as in " + found.front().kind + ":" +
                                        std::string(name)};
  }
  if (auto exact = find_with_kind(book, name)) return std::move(*exact);
  return Error{ErrorKind::kNotFound,
               "no order, invoice, payment, credit note, company, buyer, item, warehouse, terms, "
               "rule, cost centre or budget is called '" +
                   std::string(name) + "'"};
}

bool belongs_to_stream(const Stream& stream, const EventView& event) {
  if (stream.kind.empty()) return true;
  if (stream.is_document) {
    if (event.sequence.value() < stream.ref) return false;
    if (event.sequence.value() == stream.ref) return true;
  }
  bool refers = false;
  for_each_reference(event.header.kind, event.body, [&](std::string_view kind, std::uint64_t ref) {
    refers = refers || (ref == stream.ref && kind == stream.kind);
  });
  return refers;
}

}  // namespace kontor::questions
