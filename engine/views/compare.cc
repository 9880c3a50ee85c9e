#include "engine/views/compare.h"

#include <deque>
#include <utility>

#include "projections/views/keys.h"

namespace kontor {
namespace {

constexpr std::size_t kRowsAtOnce = 4'096;

std::string hexadecimal(std::string_view bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4U];
    out += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

// The expanded rows of a source, one after the other.
class Cursor {
 public:
  Cursor(const View& view, const RowSource& rows) : view_(view), rows_(rows) {
    next_.push_back(kRowSpace);
    end_ = behind(next_);
  }

  using Row = std::pair<std::string, std::string>;
  Status fill() {
    if (!rows_here_.empty() || finished_) return {};
    std::size_t taken = 0;
    Status expanded;
    const Status scanned =
        rows_.scan(next_, end_, [&](std::string_view key, std::string_view value) {
          if (taken == kRowsAtOnce) return false;
          ++taken;
          next_ = std::string(key) + '\0';
          expanded = view_.expand(key, value, [&](std::string_view k, std::string_view v) {
            rows_here_.emplace_back(k, v);
            return Status{};
          });
          return expanded.ok();
        });
    finished_ = taken < kRowsAtOnce;
    return scanned.ok() ? expanded : scanned;
  }
  bool at_end() const { return rows_here_.empty(); }
  const Row& row() const { return rows_here_.front(); }
  void step() { rows_here_.pop_front(); }

 private:
  const View& view_;
  const RowSource& rows_;
  std::string next_;
  std::string end_;
  std::deque<Row> rows_here_;
  bool finished_ = false;
};

std::string difference_of(const Cursor& kept, const Cursor& derived) {
  const auto key_of = [](const Cursor& cursor) { return hexadecimal(cursor.row().first); };
  if (kept.at_end() || (!derived.at_end() && derived.row().first < kept.row().first)) {
    return "the row " + key_of(derived) + " is missing";
  }
  if (derived.at_end() || kept.row().first < derived.row().first) {
    return "the row " + key_of(kept) + " is not in the log";
  }
  return "the row " + key_of(kept) + " says " + hexadecimal(kept.row().second) + ", the log says " +
         hexadecimal(derived.row().second);
}

}  // namespace

struct ViewComparer::Cursors {
  Cursor kept;
  Cursor derived;
};

ViewComparer::ViewComparer(const View& view, const RowSource& kept, const RowSource& derived)
    : cursors_(new Cursors{Cursor(view, kept), Cursor(view, derived)}) {
}

ViewComparer::~ViewComparer() = default;

Result<bool> ViewComparer::advance(std::uint64_t rows) {
  auto& [kept, derived] = *cursors_;
  for (const std::uint64_t end = result_.rows + rows; result_.rows < end; ++result_.rows) {
    if (Status filled = kept.fill(); !filled.ok()) return filled.error();
    if (Status filled = derived.fill(); !filled.ok()) return filled.error();
    if (kept.at_end() && derived.at_end()) return true;
    if (kept.at_end() || derived.at_end() || kept.row() != derived.row()) {
      result_.difference = difference_of(kept, derived);
      return true;
    }
    kept.step();
    derived.step();
  }
  return false;
}

Result<ViewComparison> compare_views(const View& view, const RowSource& kept,
                                     const RowSource& derived, const CompareProgress& progress) {
  ViewComparer comparer(view, kept, derived);
  for (;;) {
    const Result<bool> done = comparer.advance(kRowsAtOnce);
    if (!done.ok()) return done.error();
    if (*done) return comparer.result();
    if (progress) progress(comparer.result().rows);
  }
}

}  // namespace kontor
