#include "events/log/table_scan.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table.h>

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

// The end of a table: one byte for the kind of checksum, 40 for where its parts lie, 4 for the
// version of the format, and 8 that tell it from other files; little-endian.
// (RocksDB, table/format.h: Footer.)
static_assert(kTableChecksum == rocksdb::kXXH3);
constexpr std::size_t kFooterBytes = 53;
constexpr std::size_t kVersionAt = 41;
constexpr std::size_t kMagicAt = 45;
constexpr std::uint64_t kBlockBasedMagic = 0x88e241b785f4cff7;

// One without that end is no table, and nobody takes it for one.
bool names_other_checksums(rocksdb::Env& env, const std::string& file) {
  std::unique_ptr<rocksdb::RandomAccessFile> reader;
  std::uint64_t size = 0;
  if (!env.GetFileSize(file, &size).ok() || size < kFooterBytes) return false;
  if (!env.NewRandomAccessFile(file, &reader, rocksdb::EnvOptions()).ok()) return false;
  std::array<char, kFooterBytes> space{};
  rocksdb::Slice footer;
  const auto read = reader->Read(size - kFooterBytes, kFooterBytes, &footer, space.data());
  if (!read.ok() || footer.size() != kFooterBytes) return false;
  std::uint64_t magic = 0;
  std::uint32_t version = 0;
  std::memcpy(&magic, footer.data() + kMagicAt, sizeof magic);
  std::memcpy(&version, footer.data() + kVersionAt, sizeof version);
  if (magic != kBlockBasedMagic) return false;
  return footer[0] != static_cast<char>(kTableChecksum) || version != kTableFormat;
}

std::vector<std::string> tables_in(rocksdb::Env& env, const std::string& store) {
  std::vector<std::string> names;
  if (!env.GetChildren(store, &names).ok()) return {};
  std::vector<std::string> tables;
  for (const std::string& name : names) {
    if (!name.ends_with(".sst")) continue;
    tables.push_back(store);
    tables.back().append("/").append(name);
  }
  return tables;
}

}  // namespace

std::string table_with_other_checksums(rocksdb::Env& env, const std::string& store) {
  const std::vector<std::string> tables = tables_in(env, store);
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const std::string& table) {
    return names_other_checksums(env, table);
  });
  return found == tables.end() ? std::string() : *found;
}

CommitNumber highest_commit_in_tables(rocksdb::Env& env, const std::string& store) {
  rocksdb::Options options;
  options.env = &env;
  std::uint64_t highest = 0;
  for (const std::string& table : tables_in(env, store))
    highest = std::max(highest, highest_in(options, table));
  return CommitNumber{highest};
}

}  // namespace kontor
