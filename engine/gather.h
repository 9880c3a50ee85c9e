// Gather: settled documents read back from the durable log. Their events are found by the timeline
// where there is one that goes far enough, else by reading on from their birth. The engine's
// thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/naming.h"
#include "engine/reader.h"
#include "engine/views/views.h"
#include "projections/past.h"
#include "projections/read_back.h"

namespace kontor {

class Gatherer final : public ReadBack {
 public:
  // views: may be null. All outlive it.
  Gatherer(const EventLog& log, const Directory& directory, const Views* views)
      : log_(log, directory), views_(views) {}

  std::string order_name(BookNumber book, OrderRef birth) const override;

  // The settled order that is meant; nothing: there is none. Errors are the log's, and kNotFound
  // where what is asked for is not durable yet.
  struct Found {
    OrderRef birth;
    std::string name;
    bool reopened = false;
  };
  Result<std::optional<Found>> find(const Book& book, const NamedOrder& order) const;

  // What its events add up to. kCorrupt: not to a settled order.
  Result<std::unique_ptr<PastOrder>> gather(const Book& book, const Found& order) const;

 private:
  Result<std::string> name_at(BookNumber book, OrderRef birth) const;
  // Both give nothing where they cannot tell.
  std::unique_ptr<PastOrder> fold_by_timeline(const Book& book, const Found& order) const;
  Result<std::unique_ptr<PastOrder>> fold_by_reading(const Book& book, const Found& order) const;
  Status fold_at(BookNumber book, Sequence position, PastOrder& past) const;

  Reader log_;  // for its reading, without its thread
  const Views* views_;
};

}  // namespace kontor
