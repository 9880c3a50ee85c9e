// Names of things inside a book. Master data is named by ordinals, given in order of first
// registration from 0; documents by their birth sequence, the position of the event that made them.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "events/base/strong.h"

namespace kontor {

using Sequence = Strong<struct SequenceTag, std::uint64_t>;  // of an event, from 1; 0: none
using BookNumber = Strong<struct BookTag, std::uint32_t>;    // 0: the server's own book

using CompanyId = Strong<struct CompanyTag, std::uint32_t>;
using BuyerId = Strong<struct BuyerTag, std::uint32_t>;
using ItemId = Strong<struct ItemTag, std::uint32_t>;
using WarehouseId = Strong<struct WarehouseTag, std::uint32_t>;
using TermsId = Strong<struct TermsTag, std::uint32_t>;
using PriceListId = Strong<struct PriceListTag, std::uint32_t>;
using TaxCategoryId = Strong<struct TaxCategoryTag, std::uint32_t>;
using CostCentreId = Strong<struct CostCentreTag, std::uint32_t>;
using BudgetId = Strong<struct BudgetTag, std::uint32_t>;
using RuleId = Strong<struct RuleTag, std::uint32_t>;
using StaffId = Strong<struct StaffTag, std::uint32_t>;
using AssortmentId = Strong<struct AssortmentTag, std::uint32_t>;

using OrderRef = Strong<struct OrderTag, std::uint64_t>;
using InvoiceRef = Strong<struct InvoiceTag, std::uint64_t>;
using PaymentRef = Strong<struct PaymentTag, std::uint64_t>;
using CreditNoteRef = Strong<struct CreditNoteTag, std::uint64_t>;
using ReturnRef = Strong<struct ReturnTag, std::uint64_t>;

inline constexpr std::uint32_t kNoOrdinal = std::numeric_limits<std::uint32_t>::max();

template <class Id>
constexpr Id no_id() {
  return Id{static_cast<typename Id::rep>(kNoOrdinal)};
}
template <class Id>
constexpr bool is_set(Id id) {
  return id.value() != kNoOrdinal;
}

// The rule for identifiers: 1 to 64 bytes of well-formed UTF-8 without control characters
// (U+0000-U+001F, U+007F-U+009F). Compared byte for byte.
inline constexpr std::size_t kIdentifierBytesMax = 64;
bool is_identifier(std::string_view text);

// Well-formed UTF-8 without control characters (tab and newline allowed), at most `bytes_max`.
bool is_text(std::string_view text, std::size_t bytes_max);

}  // namespace kontor
