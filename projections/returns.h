// The returns of orders that callers named: what of each was billed, and how much of that has been
// credited since. A part of Orders. Rules: domain, Orders and Stock (credit notes).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "projections/envelope.h"
#include "projections/sink.h"
#include "projections/tables.h"

namespace kontor {

struct GoodsReturned;

// What came back of one line of the order, whatever became of it.
struct ReturnedPart {
  Quantity billed;    // the part that a credit note may name
  Quantity credited;  // of that
  std::uint32_t line = 0;
  std::uint32_t item = 0;

  Quantity creditable() const { return billed - credited; }
};

struct Return {
  std::uint64_t ref = 0;  // birth sequence
  std::uint64_t order = 0;
  std::uint32_t first_part = 0;
  std::uint32_t part_count = 0;
};

class Returns {
 public:
  void add(const Envelope& by, const GoodsReturned& event);  // one with a name
  // A credit note names billed parts of a return, or is cancelled: quantity below zero.
  void credit(ReturnRef ref, std::uint32_t line, Quantity quantity);

  const Return* find(std::string_view name) const;  // null: none; valid until the next event
  const Return* find(ReturnRef ref) const;
  std::string_view name(const Return& one) const;
  std::span<const ReturnedPart> parts(const Return& one) const {  // ascending by line
    return std::span(parts_).subspan(one.first_part, one.part_count);
  }

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  NameTable names_;  // ordinal = index of the return
  KeyTable index_;   // birth sequence to index
  std::vector<Return> returns_;
  std::vector<ReturnedPart> parts_;
};

}  // namespace kontor
