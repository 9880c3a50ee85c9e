// Inspection: what a data folder with a damage in it says, held against what it said before.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "tests/recovery/corruption/sample.h"

namespace kontor::test {

enum class Seen {
  kFound,    // refused or found by verify, with where and what to do
  kWhole,    // every commit is there and as it was
  kShorter,  // the first ones are there and as they were; those behind them are gone, unseen
  kWrong,    // anything else
};

struct Inspected {
  Seen seen = Seen::kWrong;
  std::uint64_t commits = 0;  // there
  std::string message;        // of the finding, or what is wrong
};

// As `kontor verify` and as a reader beside the server would: nothing is written.
Inspected inspect(const std::filesystem::path& folder, const Sample& sample);

// As a server that starts, reads its log and, if that is sound, ends cleanly.
Inspected start_and_stop(const std::filesystem::path& folder, const Sample& sample);

// As `kontor verify` itself, `program`; its exit status must be what `expected` demands. Empty: it
// is.
std::string ask_program(const std::string& program, const std::filesystem::path& folder,
                        Seen expected);

}  // namespace kontor::test
