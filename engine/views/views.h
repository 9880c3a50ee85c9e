// Views: what questions know of the views that follow a log, whoever keeps them. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/views/view_store.h"
#include "events/base/result.h"

namespace kontor {

struct ViewStatus {
  std::string view{};
  CommitNumber commit;          // folded and durable
  CommitNumber tail;            // of the log, when last looked at
  std::uint64_t events = 0;     // folded, of all books but book 0
  std::uint64_t behind_ms = 0;  // for how long it has not had what was durable; 0: has it all
  bool building = false;        // from the log's beginning, and not at its end yet
  bool renewing = false;        // a new one is made beside it, to be compared and take its place
  std::uint64_t left_ms = 0;    // of building or renewing, about; 0: not known
  std::uint64_t bytes = 0;      // of its store
  std::uint64_t rebuilds = 0;   // because what was there was of no use
  std::uint64_t differed = 0;   // renewals that found another content than the log's
  std::string trouble{};        // empty: none; else why it does not go on
};

class Views {
 public:
  virtual ~Views() = default;
  // The view as it is now. kUnavailable: not open (yet), and why.
  virtual Result<std::shared_ptr<const ViewSnapshot>> open(std::string_view view) const = 0;
  virtual std::vector<ViewStatus> status() const = 0;
};

}  // namespace kontor
