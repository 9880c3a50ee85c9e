// Audit: a data folder whose server is gone, read offline: the log sound, the state that follows
// from it sound and the same twice, and every command id with its decisions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "events/base/result.h"
#include "tests/recovery/crash/ledger.h"

namespace kontor::test {

struct BookState {
  std::uint64_t last_sequence = 0;
  std::string digest;  // hexadecimal
};

struct Audited {
  std::uint64_t commits = 0;
  std::uint64_t events = 0;
  std::uint64_t decisions = 0;
  std::map<std::uint32_t, BookState> books;
  Ledger::Logged logged;
};

// Writes nothing. The error says what is not sound; a folder whose creation has not come to its end
// is empty.
Result<Audited> audit(const std::filesystem::path& data_folder);

}  // namespace kontor::test
