#include "projections/views/timeline.h"

#include <algorithm>
#include <array>
#include <span>

#include "events/base/limits.h"
#include "events/codec/catalog.h"
#include "events/json/json.h"
#include "projections/tables.h"
#include "projections/views/keys.h"

namespace kontor {
namespace {

constexpr char kStreamRows = 's';
constexpr std::size_t kPositionsOfRow = 512;

struct KindWord {
  std::string_view word;
  StreamKind kind;
};
constexpr std::array kKindWords = {KindWord{"order", StreamKind::kOrder},
                                   KindWord{"company", StreamKind::kCompany},
                                   KindWord{"item", StreamKind::kItem},
                                   KindWord{"invoice", StreamKind::kInvoice},
                                   KindWord{"payment", StreamKind::kPayment},
                                   KindWord{"warehouse", StreamKind::kWarehouse},
                                   KindWord{"buyer", StreamKind::kBuyer},
                                   KindWord{"terms", StreamKind::kTerms},
                                   KindWord{"credit_note", StreamKind::kCreditNote},
                                   KindWord{"goods_return", StreamKind::kGoodsReturn},
                                   KindWord{"rule", StreamKind::kRule},
                                   KindWord{"cost_centre", StreamKind::kCostCentre},
                                   KindWord{"budget", StreamKind::kBudget}};

// The document that an event of this kind makes; nothing: none.
std::optional<StreamKind> born_by(std::uint16_t kind) {
  switch (kind) {
    case number_of<OrderPlaced>:
      return StreamKind::kOrder;
    case number_of<InvoiceIssued>:
      return StreamKind::kInvoice;
    case number_of<PaymentReceived>:
      return StreamKind::kPayment;
    case number_of<CreditNoteIssued>:
      return StreamKind::kCreditNote;
    case number_of<GoodsReturned>:
      return StreamKind::kGoodsReturn;
    default:
      return std::nullopt;
  }
}

std::string stream_prefix(const StreamId& stream) {
  std::string key = row_head(stream.book, kStreamRows);
  key.push_back(static_cast<char>(stream.kind));
  append_big_endian(key, stream.ref);
  return key;
}

std::string row_key(const StreamId& stream, std::uint64_t first) {
  std::string key = stream_prefix(stream);
  append_big_endian(key, first);
  return key;
}

// A stream in one number, ordered as its key is.
constexpr unsigned kRefBits = 45;
constexpr unsigned kKindBits = 5;
constexpr std::uint64_t kRefMax = (std::uint64_t{1} << kRefBits) - 1;

std::uint64_t pack(std::uint32_t book, StreamKind kind, std::uint64_t ref) {
  return (std::uint64_t{book} << kKindBits | static_cast<std::uint8_t>(kind)) << kRefBits | ref;
}

StreamId unpack(std::uint64_t packed) {
  const std::uint64_t book_and_kind = packed >> kRefBits;
  return {BookNumber{static_cast<std::uint32_t>(book_and_kind >> kKindBits)},
          static_cast<StreamKind>(book_and_kind & ((1U << kKindBits) - 1)), packed & kRefMax};
}

Status put_rows(const StreamId& stream, std::span<const std::uint64_t> positions,
                const RowSink& sink) {
  std::string value;
  while (!positions.empty()) {
    const auto row = positions.first(std::min(positions.size(), kPositionsOfRow));
    value.clear();
    for (std::size_t i = 1; i < row.size(); ++i)
      append_varint(value, row[i] - row[i - 1]);
    if (Status put = sink(row_key(stream, row.front()), value); !put.ok()) return put;
    positions = positions.subspan(row.size());
  }
  return {};
}

// Calls visit(position) for each of a row until it returns false. False: not a row of ours.
template <class Visit>
bool read_row(std::string_view key, std::string_view value, Visit visit) {
  if (key.size() < sizeof(std::uint64_t)) return false;
  std::uint64_t position =
      RowReader(key.substr(key.size() - sizeof(std::uint64_t))).big_endian<std::uint64_t>();
  RowReader gaps(value);
  bool more = visit(position);
  while (more && !gaps.at_end()) {
    position += gaps.varint();
    if (!gaps.ok()) return false;
    more = visit(position);
  }
  return gaps.ok();
}

Error out_of_range(BookNumber book, const EventView& event) {
  return {ErrorKind::kCorrupt, "event " + std::to_string(event.sequence.value()) + " of book " +
                                   std::to_string(book.value()) +
                                   " names what cannot be there; run kontor verify"};
}

}  // namespace

std::optional<StreamKind> stream_kind(std::string_view word) {
  for (const KindWord& known : kKindWords) {
    if (known.word == word) return known.kind;
  }
  return std::nullopt;
}

Status Timeline::fold(BookNumber book, const DecisionView& decision, const RowSource&) {
  static_assert(limits::kBooksMax < std::size_t{1} << (64 - kRefBits - kKindBits));
  Status status;
  decision.for_each_event([&](const EventView& event) {
    if (!status.ok()) return;
    status = check_event(book, event);
    if (!status.ok()) return;
    const std::uint64_t sequence = event.sequence.value();
    const std::size_t before = marks_.size();
    if (const auto born = born_by(event.header.kind)) {
      marks_.push_back({book.value(), *born, sequence, sequence});
    }
    for_each_reference(event.header.kind, event.body,
                       [&](std::string_view word, std::uint64_t ref) {
                         const auto kind = stream_kind(word);
                         if (!kind) return;
                         if (ref > kRefMax) status = out_of_range(book, event);
                         const Mark mark{book.value(), *kind, ref, sequence};
                         const auto begin = marks_.begin() + static_cast<std::ptrdiff_t>(before);
                         if (std::find(begin, marks_.end(), mark) == marks_.end())
                           marks_.push_back(mark);
                       });
  });
  return status;
}

// Marks come in the order of their positions, so counting them by stream sorts them all but for the
// streams themselves, of which there are far fewer.
Status Timeline::drain(const RowSink& sink) {
  struct Stream {
    std::uint64_t packed = 0;
    std::size_t end = 0;  // of its positions; their count first
  };
  KeyTable index;
  std::vector<Stream> streams;
  std::vector<std::uint32_t> stream_of(marks_.size());
  for (std::size_t i = 0; i < marks_.size(); ++i) {
    const std::uint64_t packed = pack(marks_[i].book, marks_[i].kind, marks_[i].ref);
    const auto known = index.find(packed);
    stream_of[i] = known.value_or(static_cast<std::uint32_t>(streams.size()));
    if (!known) {
      index.set(packed, stream_of[i]);
      streams.push_back({packed, 0});
    }
    ++streams[stream_of[i]].end;
  }
  std::size_t begin = 0;
  for (Stream& stream : streams) {
    const std::size_t count = stream.end;
    stream.end = begin;
    begin += count;
  }
  std::vector<std::uint64_t> positions(marks_.size());
  for (std::size_t i = 0; i < marks_.size(); ++i)
    positions[streams[stream_of[i]].end++] = marks_[i].sequence;
  marks_.clear();

  std::vector<std::pair<std::uint64_t, std::span<const std::uint64_t>>> sorted;
  begin = 0;
  for (const Stream& stream : streams) {
    sorted.emplace_back(stream.packed, std::span(positions).subspan(begin, stream.end - begin));
    begin = stream.end;
  }
  std::ranges::sort(sorted, {}, [](const auto& stream) { return stream.first; });
  for (const auto& [packed, of_stream] : sorted) {
    if (Status put = put_rows(unpack(packed), of_stream, sink); !put.ok()) return put;
  }
  return {};
}

Status Timeline::expand(std::string_view key, std::string_view value, const RowSink& sink) const {
  std::string one(key);
  Status status;
  const bool sound = read_row(key, value, [&](std::uint64_t position) {
    one.resize(key.size() - sizeof position);
    append_big_endian(one, position);
    status = sink(one, {});
    return status.ok();
  });
  if (!sound) return Error{ErrorKind::kCorrupt, "a row of the timeline cannot be read"};
  return status;
}

Result<std::vector<Sequence>> read_timeline(const RowSource& rows, const StreamId& stream,
                                            Sequence from, Sequence to, std::size_t most) {
  std::vector<Sequence> out;
  if (most == 0 || from > to) return out;
  // The row that `from` lies in may begin before it.
  const std::string begin = row_key(stream, 0);
  std::string after_from = row_key(stream, from.value());
  after_from.push_back('\0');
  const auto first = rows.last_key(begin, after_from);
  if (!first.ok()) return first.error();
  bool sound = true;
  const Status scanned = rows.scan(
      *first ? **first : begin, behind(stream_prefix(stream)),
      [&](std::string_view key, std::string_view value) {
        sound = read_row(key, value, [&](std::uint64_t position) {
          if (position > to.value()) return false;
          if (position >= from.value()) out.emplace_back(position);
          return out.size() < most;
        });
        const std::uint64_t key_position =
            RowReader(key.substr(key.size() - sizeof(std::uint64_t))).big_endian<std::uint64_t>();
        return sound && out.size() < most && key_position <= to.value();
      });
  if (!scanned.ok()) return scanned.error();
  if (!sound) return Error{ErrorKind::kCorrupt, "a row of the timeline cannot be read"};
  return out;
}

}  // namespace kontor
