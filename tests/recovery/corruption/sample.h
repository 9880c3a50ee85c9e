// Samples: small data folders as a server leaves them, with what each of their commits says.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "events/base/result.h"
#include "events/log/event_log.h"
#include "events/log/page.h"

namespace kontor::test {

enum class SampleKind {
  kKilled,     // after two clean ends, in the middle of a third run
  kClosed,     // three clean ends
  kManyFiles,  // killed, with tables written while it ran
};
inline constexpr int kSampleKinds = 3;

struct Sample {
  std::string name;
  std::filesystem::path folder;
  std::filesystem::path older;   // the same folder earlier in its last run
  std::vector<Hash256> commits;  // of each commit's bytes, in order
  std::uint64_t clean_end = 0;   // commits at the last clean end
};

// Makes one below `where`: the same decisions every time; RocksDB adds names of its own.
Result<Sample> make_sample(SampleKind kind, const std::filesystem::path& where);

// A hash of every commit, or the error of reading them.
Result<std::vector<Hash256>> commits_of(const EventLog& log);

}  // namespace kontor::test
