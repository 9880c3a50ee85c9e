// Two stores of one view against each other, row by row, apart from how they came to be.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "events/base/result.h"
#include "projections/views/view.h"

namespace kontor {

struct ViewComparison {
  std::uint64_t rows = 0;  // in both, up to the first difference
  std::string difference;  // empty: equal; else the first one, for people
};

// The rows of both, expanded by the view, some at a time. View and sources outlive it. Errors are
// the stores'; kCorrupt: a row cannot be read.
class ViewComparer {
 public:
  ViewComparer(const View& view, const RowSource& kept, const RowSource& derived);
  ~ViewComparer();

  // About so many rows more. True: all are compared, or a difference is found.
  Result<bool> advance(std::uint64_t rows);
  const ViewComparison& result() const { return result_; }

 private:
  struct Cursors;
  std::unique_ptr<Cursors> cursors_;
  ViewComparison result_;
};

// All at once.
using CompareProgress = std::function<void(std::uint64_t rows)>;
Result<ViewComparison> compare_views(const View& view, const RowSource& kept,
                                     const RowSource& derived, const CompareProgress& progress);

}  // namespace kontor
