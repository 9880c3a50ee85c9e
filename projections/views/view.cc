#include "projections/views/view.h"

#include <algorithm>
#include <cstring>

#include "events/base/assert.h"
#include "events/codec/catalog.h"
#include "projections/views/documents.h"
#include "projections/views/entries.h"
#include "projections/views/keys.h"
#include "projections/views/timeline.h"

namespace kontor {
namespace {

// Space, book and class; every key of a row has them.
std::uint64_t head_of(std::string_view key) {
  std::uint64_t head = 0;
  std::memcpy(&head, key.data(), kRowHeadBytes);
  return __builtin_bswap64(head);
}

std::uint64_t front_of(std::string_view key) {
  std::uint64_t front = 0;
  for (std::size_t i = kRowHeadBytes; i < kRowHeadBytes + sizeof front; ++i)
    front = front << 8U | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0U);
  return front;
}

}  // namespace

std::vector<std::string> view_names() {
  return {"timeline", "entries", "documents"};
}

std::unique_ptr<View> make_view(std::string_view name) {
  if (name == "timeline") return std::make_unique<Timeline>();
  if (name == "entries") return std::make_unique<Entries>();
  if (name == "documents") return std::make_unique<Documents>();
  return nullptr;
}

Status check_event(BookNumber book, const EventView& event) {
  if (verify_event(event.header.kind, event.body)) return {};
  const std::string where = "event " + std::to_string(event.sequence.value()) + " of book " +
                            std::to_string(book.value());
  if (event_name(event.header.kind).empty()) {
    return Error{ErrorKind::kNewer,
                 where + " is of a kind this version does not know; use a newer one"};
  }
  return Error{ErrorKind::kCorrupt, where + " has damaged bytes; run kontor verify"};
}

void RowHeap::add(std::string_view key, std::string_view value) {
  KONTOR_ASSERT(key.size() >= kRowHeadBytes);
  rows_.push_back({front_of(key), bytes_.size(), static_cast<std::uint32_t>(key.size()),
                   static_cast<std::uint32_t>(value.size())});
  bytes_ += key;
  bytes_ += value;
}

Status RowHeap::drain(const RowSink& sink) {
  std::sort(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) {
    const std::uint64_t head_a = head_of(key(a));
    const std::uint64_t head_b = head_of(key(b));
    if (head_a != head_b) return head_a < head_b;
    if (a.front != b.front) return a.front < b.front;
    if (const int keys = key(a).compare(key(b)); keys != 0) return keys < 0;
    return a.offset < b.offset;
  });
  Status status;
  for (std::size_t i = 0; i < rows_.size() && status.ok(); ++i) {
    const Row& row = rows_[i];
    if (i + 1 < rows_.size() && key(row) == key(rows_[i + 1])) continue;
    status = sink(key(row),
                  std::string_view(bytes_).substr(row.offset + row.key_bytes, row.value_bytes));
  }
  rows_.clear();
  bytes_.clear();
  return status;
}

}  // namespace kontor
