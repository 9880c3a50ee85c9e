#include "projections/views/timeline.h"

#include <algorithm>
#include <array>

#include "events/codec/catalog.h"
#include "events/json/json.h"
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
                                   KindWord{"rule", StreamKind::kRule}};

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

}  // namespace

std::optional<StreamKind> stream_kind(std::string_view word) {
  for (const KindWord& known : kKindWords) {
    if (known.word == word) return known.kind;
  }
  return std::nullopt;
}

Status Timeline::fold(BookNumber book, const DecisionView& decision, const RowSource&) {
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
                         const Mark mark{book.value(), *kind, ref, sequence};
                         const auto begin = marks_.begin() + static_cast<std::ptrdiff_t>(before);
                         if (std::find(begin, marks_.end(), mark) == marks_.end())
                           marks_.push_back(mark);
                       });
  });
  return status;
}

Status Timeline::drain(const RowSink& sink) {
  const auto stream_of = [](const Mark& mark) {
    return std::uint64_t{mark.book} << 8U | static_cast<std::uint8_t>(mark.kind);
  };
  std::sort(marks_.begin(), marks_.end(), [&](const Mark& a, const Mark& b) {
    if (stream_of(a) != stream_of(b)) return stream_of(a) < stream_of(b);
    return a.ref != b.ref ? a.ref < b.ref : a.sequence < b.sequence;
  });
  std::string key;
  std::string value;
  for (std::size_t i = 0; i < marks_.size();) {
    const Mark& first = marks_[i];
    value.clear();
    std::uint64_t last = first.sequence;
    std::size_t j = i + 1;
    for (; j < marks_.size() && j - i < kPositionsOfRow; ++j) {
      const Mark& next = marks_[j];
      if (next.book != first.book || next.kind != first.kind || next.ref != first.ref) break;
      append_varint(value, next.sequence - last);
      last = next.sequence;
    }
    key = row_key({BookNumber{first.book}, first.kind, first.ref}, first.sequence);
    if (Status put = sink(key, value); !put.ok()) return put;
    i = j;
  }
  marks_.clear();
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
