// Reads a CSV file (RFC 4180, UTF-8), also one packed with xz, record by record in bounded memory.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "events/base/result.h"

namespace kontor::cli {

struct CsvVisitor {
  // One record: its number (from 1) and fields, valid during the call. An error ends the reading.
  std::function<Status(std::uint64_t record, std::span<const std::string> fields)> record;
  // Now and then: bytes of the file read so far, and in all.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

// kUsage: the file is not there. kMalformed: not CSV, or a damaged xz file.
Status read_csv(const std::string& path, const CsvVisitor& visitor);

}  // namespace kontor::cli
