#include "projections/views/view.h"

#include <algorithm>
#include <cstring>

#include "events/base/assert.h"
#include "events/codec/catalog.h"
#include "projections/prefetch.h"
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

// Eight bytes of the key from `at`, as they sort; zeros behind its end.
std::uint64_t word_of(std::string_view key, std::size_t at) {
  std::uint64_t word = 0;
  if (key.size() >= at + sizeof word) {
    std::memcpy(&word, key.data() + at, sizeof word);
    return __builtin_bswap64(word);
  }
  for (std::size_t i = at; i < at + sizeof word; ++i)
    word = word << 8U | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0U);
  return word;
}

std::uint64_t front_of(std::string_view key) {
  return word_of(key, kRowHeadBytes);
}

constexpr std::size_t kSecondWord = kRowHeadBytes + sizeof(std::uint64_t);

// In rows, as they are handed over: their bytes lie all over the heap.
constexpr std::size_t kRowsAhead = 16;
constexpr std::size_t kBytesAhead = 8;

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

// Sorted by words kept beside one another: the bytes themselves lie all over the place.
Status RowHeap::drain(const RowSink& sink) {
  struct Place {
    std::uint64_t head = 0;
    std::uint64_t front = 0;
    std::uint64_t second = 0;
    const Row* row = nullptr;
  };
  std::vector<Place> places;
  places.reserve(rows_.size());
  for (const Row& row : rows_)
    places.push_back({head_of(key(row)), row.front, word_of(key(row), kSecondWord), &row});
  std::sort(places.begin(), places.end(), [&](const Place& a, const Place& b) {
    if (a.head != b.head) return a.head < b.head;
    if (a.front != b.front) return a.front < b.front;
    if (a.second != b.second) return a.second < b.second;
    if (const int keys = key(*a.row).compare(key(*b.row)); keys != 0) return keys < 0;
    return a.row->offset < b.row->offset;
  });
  const auto is_same = [&](const Place& a, const Place& b) {
    return a.second == b.second && a.front == b.front && a.head == b.head &&
           key(*a.row) == key(*b.row);
  };
  Status status;
  for (std::size_t i = 0; i < places.size() && status.ok(); ++i) {
    if (i + kRowsAhead < places.size()) prefetch_line(places[i + kRowsAhead].row);
    if (i + kBytesAhead < places.size())
      prefetch_line(bytes_.data() + places[i + kBytesAhead].row->offset);
    const Row& row = *places[i].row;
    if (i + 1 < places.size() && is_same(places[i], places[i + 1])) continue;
    status = sink(key(row),
                  std::string_view(bytes_).substr(row.offset + row.key_bytes, row.value_bytes));
  }
  rows_.clear();
  bytes_.clear();
  return status;
}

}  // namespace kontor
