#include "events/log/write_ahead_logs.h"

#include <algorithm>
#include <map>

#include <rocksdb/env.h>

namespace kontor {
namespace {

// RocksDB's log format: blocks of 32 KiB; a record's header is checksum (4), length (2, little
// endian) and type (1: whole, 2: the first part of one).
constexpr std::size_t kBlockBytes = 32U << 10;
constexpr std::size_t kHeaderBytes = 7;

Error unreadable(const DataFolder& folder, const std::string& what, const rocksdb::Status& status) {
  return Error{ErrorKind::kIo, "the data folder " + folder.path().string() + ": cannot read " +
                                   what + ": " + status.ToString()};
}

// The first record of a log, as far as it lies in the first block; empty: there is none that is
// whole. It tells a log from every other: the commit in it names its number and its time.
Result<std::string> first_record(const DataFolder& folder, const std::string& name,
                                 rocksdb::Env& env) {
  std::unique_ptr<rocksdb::SequentialFile> file;
  rocksdb::Status status =
      env.NewSequentialFile((folder.log_path() / name).string(), &file, rocksdb::EnvOptions());
  if (status.IsNotFound() || status.IsPathNotFound()) return std::string();  // gone meanwhile
  std::string block(kBlockBytes, '\0');
  rocksdb::Slice read;
  if (status.ok()) status = file->Read(kBlockBytes, &read, block.data());
  if (!status.ok()) return unreadable(folder, name, status);
  if (read.size() < kHeaderBytes) return std::string();
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(read[at]); };
  const std::size_t length = byte(4) | std::size_t{byte(5)} << 8;
  const bool begins = byte(6) == 1 || byte(6) == 2;
  if (!begins || length == 0 || kHeaderBytes + length > read.size()) return std::string();
  return std::string(read.data(), kHeaderBytes + length);
}

}  // namespace

Result<std::vector<std::string>> write_ahead_logs(const DataFolder& folder, rocksdb::Env& env) {
  std::vector<std::string> names;
  const rocksdb::Status status = env.GetChildren(folder.log_path().string(), &names);
  if (!status.ok() && !status.IsNotFound()) return unreadable(folder, "log/", status);
  std::erase_if(names, [](const std::string& name) { return !name.ends_with(".log"); });
  std::ranges::sort(names);
  return names;
}

Status check_write_ahead_logs(const DataFolder& folder, rocksdb::Env& env) {
  const Result<std::vector<std::string>> names = write_ahead_logs(folder, env);
  if (!names.ok()) return names.error();
  const auto damaged = [&](const std::string& how) {
    return corrupt_log(folder.path(), "is not whole (" + how + ")");
  };
  if (names.value().empty()) return damaged("it has no write-ahead log");
  std::map<std::string, std::string> seen;
  for (const std::string& name : names.value()) {
    Result<std::string> record = first_record(folder, name, env);
    if (!record.ok()) return record.error();
    if (record.value().empty()) continue;
    const auto [same, is_new] = seen.emplace(std::move(record).value(), name);
    if (!is_new) return damaged("log/" + name + " is a copy of log/" + same->second);
  }
  return {};
}

}  // namespace kontor
