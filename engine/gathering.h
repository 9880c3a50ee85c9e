// Gathering: a job of which several shards have a part, and whose answer leaves when all of them
// have told theirs. Shared by the parts.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/job.h"

namespace kontor {

class Gathering : public std::enable_shared_from_this<Gathering> {
 public:
  // `parts`: how many there will be.
  Gathering(std::unique_ptr<Submission> job, std::size_t parts);

  // The commands at these places, as a job of its own.
  std::unique_ptr<Submission> part(std::vector<std::uint32_t> places);
  // The part that a shard did not take.
  void not_taken(const Submission& part, StatusCode status);

 private:
  class Part;
  // What is known of one command so far: kept, as results are valid during their answer only.
  struct Told {
    StatusCode status = StatusCode::kDone;
    AlignedBuffer decision;  // empty: none
    bool repeated = false;
    bool known = false;
  };
  void tell(const std::vector<std::uint32_t>& places, std::span<const CommandResult> results);
  void take(std::uint32_t place, const CommandResult& result);
  void answer();

  const std::unique_ptr<Submission> job_;
  std::mutex mutex_;
  std::vector<Told> told_;  // by place
  std::size_t waiting_;     // parts
};

}  // namespace kontor
