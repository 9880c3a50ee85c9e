// View: what people ask about the past, folded from decisions into sorted rows. A fold is pure: the
// same decisions after the same rows give the same rows, wherever a batch ends. Whoever owns it has
// the thread and the store (engine/views/).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/codec/decision.h"

namespace kontor {

// Takes rows in ascending order of their keys, each key once. Bytes are valid during the call.
using RowSink = std::function<Status(std::string_view key, std::string_view value)>;

// The rows of a view up to some position.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // Nothing: no such row. Errors are the store's.
  virtual Result<std::optional<std::string>> get(std::string_view key) const = 0;
  // Calls visit for rows with from <= key < to, ascending, until it returns false.
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;
  virtual Status scan(std::string_view from, std::string_view to, const Visit& visit) const = 0;
  // The greatest key in [from, to); nothing: there is none.
  virtual Result<std::optional<std::string>> last_key(std::string_view from,
                                                      std::string_view to) const = 0;
};

// One thread's.
class View {
 public:
  virtual ~View() = default;

  virtual std::string_view name() const = 0;  // also of its folder
  virtual std::uint32_t format() const = 0;   // of its rows; another one is rebuilt

  // Folds a decision of a book, the next one after those folded so far. `earlier` has the rows of
  // all decisions before the batch at hand. kCorrupt: a body that cannot be read; else the store's.
  virtual Status fold(BookNumber book, const DecisionView& decision, const RowSource& earlier) = 0;

  // Hands over what was folded since the last time, and forgets it.
  virtual Status drain(const RowSink& sink) = 0;
  virtual std::size_t pending_bytes() const = 0;  // about

  // A row as rows that do not depend on where batches ended; comparing stores goes by them.
  virtual Status expand(std::string_view key, std::string_view value, const RowSink& sink) const {
    return sink(key, value);
  }
};

// Every view there is, by name; and one of them, null: no such name.
std::vector<std::string> view_names();
std::unique_ptr<View> make_view(std::string_view name);

// Whether the event's kind is known and its body sound; kCorrupt or kNewer says which event.
Status check_event(BookNumber book, const EventView& event);

// Rows of any order and length on their way to being sorted; a later row of the same key replaces
// an earlier one.
class RowHeap {
 public:
  void add(std::string_view key, std::string_view value);
  Status drain(const RowSink& sink);
  std::size_t bytes() const { return bytes_.size() + rows_.size() * sizeof(Row); }

 private:
  struct Row {
    std::uint64_t front = 0;  // of the key behind what most have in common, big-endian
    std::uint64_t offset = 0;
    std::uint32_t key_bytes = 0;
    std::uint32_t value_bytes = 0;
  };
  std::string_view key(const Row& row) const {
    return std::string_view(bytes_).substr(row.offset, row.key_bytes);
  }
  std::string bytes_;
  std::vector<Row> rows_;
};

}  // namespace kontor
