// Entries: what every event moved of a payer's exposure, by effective date, and the limits that
// were set. The effective axis exists here: a sum up to a date is a scan of the payer's rows up to
// it.
//
//   row   := book 'm' payer:u32 date:i32 sequence:u64 -> move+
//   move  := bucket:u8 amount:signed document:varint due:signed terms:varint currency:varint
//   limit := book 'l' payer:u32 sequence:u64 -> date:signed set:u8 amount:signed expires review
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>

#include "events/base/money.h"
#include "events/base/time.h"
#include "projections/views/view.h"

namespace kontor {

class Entries final : public View {
 public:
  std::string_view name() const override { return "entries"; }
  std::uint32_t format() const override { return 1; }
  Status fold(BookNumber book, const DecisionView& decision, const RowSource& earlier) override;
  Status drain(const RowSink& sink) override { return rows_.drain(sink); }
  std::size_t pending_bytes() const override { return rows_.bytes(); }

 private:
  void add_moves(BookNumber book, Date effective, const EventView& event);
  void add_limit(BookNumber book, Date effective, const EventView& event);

  RowHeap rows_;
  std::string key_;
  std::string value_;
};

// A payer's account as the entries have it. Buckets as Bucket counts them.
struct PastAccount {
  std::array<Minor, 5> buckets{};
  std::map<Date, Minor> by_due;             // of receivable; kNoDate: not known yet; no zeros
  std::map<std::uint32_t, Minor> by_terms;  // by ordinal; kNoOrdinal: due at once; no zeros
  std::optional<Minor> limit;
  Date expires = kNoDate;
  Date review = kNoDate;
  Sequence limit_set_at;
  std::uint64_t moves = 0;

  Minor exposure() const;  // ordered + delivered + receivable - deposits - unapplied
};

// Sums the entries of one payer that are effective on or before a date and recorded at or before a
// position, in steps of bounded work.
class AccountSum {
 public:
  struct Wish {
    BookNumber book;
    CompanyId payer;
    Date effective_to;  // kNoDate: whenever
    Sequence as_of;
  };
  explicit AccountSum(const Wish& wish);

  // Looks at up to `rows` of them. True: all were. kCorrupt: rows that are none.
  Result<bool> advance(const RowSource& rows, std::uint64_t rows_max);
  const PastAccount& account() const { return account_; }

 private:
  Status read_limits(const RowSource& rows);
  bool take(std::string_view key, std::string_view value);

  Wish wish_;
  PastAccount account_;
  std::string next_;
  std::string end_;
  bool limits_read_ = false;
};

}  // namespace kontor
