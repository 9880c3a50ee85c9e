// Timeline: the positions of the events of one thing. A stream is a document (its birth and all
// that names it) or a thing of the master data (all that names it).
//
//   row := book 's' kind:u8 ref:u64 first:u64 -> (varint gap)*   (positions, the first in the key)
#pragma once

#include <optional>
#include <vector>

#include "projections/views/view.h"

namespace kontor {

// Permanent: they are in keys.
enum class StreamKind : std::uint8_t {
  kOrder = 1,
  kInvoice = 2,
  kPayment = 3,
  kCreditNote = 4,
  kGoodsReturn = 5,
  kCompany = 16,
  kBuyer = 17,
  kItem = 18,
  kWarehouse = 19,
  kTerms = 20,
  kRule = 21,
  kCostCentre = 22,
  kBudget = 23,
};
// By the word of `ref: "kind"`; nothing: things of that kind have no timeline.
std::optional<StreamKind> stream_kind(std::string_view word);

struct StreamId {
  BookNumber book;
  StreamKind kind{};
  std::uint64_t ref = 0;  // ordinal or birth sequence
};

class Timeline final : public View {
 public:
  std::string_view name() const override { return "timeline"; }
  std::uint32_t format() const override { return 1; }
  Status fold(BookNumber book, const DecisionView& decision, const RowSource& earlier) override;
  Status drain(const RowSink& sink) override;
  std::size_t pending_bytes() const override { return marks_.size() * sizeof(Mark); }
  Status expand(std::string_view key, std::string_view value, const RowSink& sink) const override;

 private:
  struct Mark {
    std::uint32_t book = 0;
    StreamKind kind{};
    std::uint64_t ref = 0;
    std::uint64_t sequence = 0;
    friend auto operator<=>(const Mark&, const Mark&) = default;
  };
  std::vector<Mark> marks_;
};

// The positions of a stream from `from` to `to`, ascending, at most `most`. kCorrupt: rows that are
// none.
Result<std::vector<Sequence>> read_timeline(const RowSource& rows, const StreamId& stream,
                                            Sequence from, Sequence to, std::size_t most);

}  // namespace kontor
