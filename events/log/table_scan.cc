#include "events/log/table_scan.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>

namespace kontor {
namespace {

std::uint64_t number_in(const rocksdb::Slice& bytes) {
  std::uint64_t big_endian = 0;
  if (bytes.size() != sizeof big_endian) return 0;
  std::memcpy(&big_endian, bytes.data(), sizeof big_endian);
  return __builtin_bswap64(big_endian);
}

// Keys of commits are numbers; the marker's key is a word, and its value the number.
std::uint64_t highest_in(const rocksdb::Options& options, const std::string& file) {
  rocksdb::SstFileReader reader(options);
  if (!reader.Open(file).ok()) return 0;
  rocksdb::ReadOptions reading;
  reading.verify_checksums = true;
  reading.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> last(reader.NewIterator(reading));
  last->SeekToLast();
  if (!last->Valid()) return 0;
  const std::uint64_t commit = number_in(last->key());
  return commit != 0 ? commit : number_in(last->value());
}

}  // namespace

CommitNumber highest_commit_in_tables(rocksdb::Env& env, const std::string& store) {
  std::vector<std::string> names;
  if (!env.GetChildren(store, &names).ok()) return CommitNumber{0};
  rocksdb::Options options;
  options.env = &env;
  std::uint64_t highest = 0;
  for (const std::string& name : names) {
    if (!name.ends_with(".sst")) continue;
    highest = std::max(highest, highest_in(options, store + "/" + name));
  }
  return CommitNumber{highest};
}

}  // namespace kontor
