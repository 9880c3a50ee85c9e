#include "events/log/table_scan.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <span>
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

// The end of a table: one byte for the kind of checksum, 40 for where its parts lie, 4 for the
// version of the format, and 8 that tell it from other files; little-endian. The first of the parts
// is the index of the others, and the last block before that is the properties.
// (RocksDB, table/format.h: Footer; block_based_table_builder.cc: Finish.)
constexpr std::size_t kFooterBytes = 53;
constexpr std::size_t kPartsAt = 1;
constexpr std::size_t kVersionAt = 41;
constexpr std::size_t kMagicAt = 45;
constexpr std::uint64_t kBlockBasedMagic = 0x88e241b785f4cff7;
// The last word of a block; behind it are a byte for the compression and 4 of checksum.
constexpr std::size_t kBlockEndBytes = 9;
constexpr std::size_t kHashIndexByte = 3;
constexpr unsigned char kHashIndexBit = 0x80;

template <std::size_t kBytes>
bool read_at(const rocksdb::RandomAccessFile& file, std::uint64_t at,
             std::array<unsigned char, kBytes>& out) {
  std::array<char, kBytes> space{};
  rocksdb::Slice read;
  if (!file.Read(at, kBytes, &read, space.data()).ok() || read.size() != kBytes) return false;
  std::memcpy(out.data(), read.data(), kBytes);
  return true;
}

// A number of 7 bits a byte, the lowest first, each but the last with its highest bit set.
std::uint64_t varint(std::span<const unsigned char> bytes) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < bytes.size() && i < 9; ++i) {
    out |= std::uint64_t{bytes[i] & 0x7FU} << (7 * i);
    if ((bytes[i] & 0x80U) == 0) break;
  }
  return out;
}

// One without that end is no table, and nobody takes it for one.
bool is_unsafe(rocksdb::Env& env, const std::string& path) {
  std::unique_ptr<rocksdb::RandomAccessFile> file;
  std::uint64_t size = 0;
  if (!env.GetFileSize(path, &size).ok() || size < kFooterBytes) return false;
  if (!env.NewRandomAccessFile(path, &file, rocksdb::EnvOptions()).ok()) return false;
  std::array<unsigned char, kFooterBytes> footer{};
  if (!read_at(*file, size - kFooterBytes, footer)) return false;
  std::uint64_t magic = 0;
  std::uint32_t version = 0;
  std::memcpy(&magic, &footer[kMagicAt], sizeof magic);
  std::memcpy(&version, &footer[kVersionAt], sizeof version);
  if (magic != kBlockBasedMagic) return false;
  if (version != kTableFormat) return true;
  const std::uint64_t parts = varint(std::span(footer).subspan(kPartsAt, kVersionAt - kPartsAt));
  if (parts < kBlockEndBytes || parts > size) return false;
  std::array<unsigned char, 4> properties_end{};
  return read_at(*file, parts - kBlockEndBytes, properties_end) &&
         (properties_end[kHashIndexByte] & kHashIndexBit) != 0;
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

std::string table_unsafe_to_open(rocksdb::Env& env, const std::string& store) {
  const std::vector<std::string> tables = tables_in(env, store);
  const auto found = std::find_if(tables.begin(), tables.end(),
                                  [&](const std::string& table) { return is_unsafe(env, table); });
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
