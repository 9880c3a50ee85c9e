// Asks memory for what the commands behind the one at hand will look up (projections/prefetch.h).
#pragma once

#include <cstddef>

#include "engine/job.h"
#include "projections/book.h"

namespace kontor {

class LookAhead {
 public:
  // book: the one the submission is for, null where there is none. Both outlive this.
  LookAhead(const Book* book, const Submission& job)
      : book_(job.commands.size() > 1 ? book : nullptr), job_(job) {}

  // The command at `index` is decided next.
  void before(std::size_t index);

 private:
  void ask(const CommandInput& input, Prefetch step) const;

  const Book* book_;
  const Submission& job_;
  std::size_t bytes_ = 0;  // as far as each step has come
  std::size_t slots_ = 0;
  std::size_t records_ = 0;
  std::size_t parts_ = 0;
};

}  // namespace kontor
