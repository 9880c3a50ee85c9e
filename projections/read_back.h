// The names of documents that left memory, read back from the log: for people, never for a
// decision.
#pragma once

#include <string>

#include "events/base/ids.h"

namespace kontor {

class ReadBack {
 public:
  virtual ~ReadBack() = default;
  // Empty: no order was born there, or the log cannot be read back that far (yet).
  virtual std::string order_name(BookNumber book, OrderRef birth) const = 0;
};

}  // namespace kontor
