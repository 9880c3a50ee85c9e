#include "engine/views/checkpoint.h"

#include <algorithm>

#include "events/log/merkle.h"
#include "projections/views/keys.h"

namespace kontor {
namespace {

constexpr std::uint32_t kMagic = 0x5056544B;  // "KTVP"

std::uint32_t crc_of(std::string_view bytes) {
  return crc32c(std::as_bytes(std::span(bytes.data(), bytes.size())));
}

std::string_view text_of(const Hash256& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

Hash256 read_hash(RowReader& in) {
  Hash256 out{};
  const std::string_view bytes = in.take(out.size());
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

Error other(std::string why) {
  return {ErrorKind::kUsage, std::move(why)};
}

}  // namespace

std::string write_checkpoint(const ViewCheckpoint& checkpoint) {
  std::string out;
  append_big_endian(out, kMagic);
  append_big_endian(out, kViewStoreFormat);
  append_big_endian(out, checkpoint.view_format);
  append_big_endian(out, checkpoint.generation);
  append_big_endian(out, checkpoint.commit.value());
  append_big_endian(out, checkpoint.events);
  append_big_endian(out, checkpoint.recorded_last.value());
  out += text_of(checkpoint.log);
  out += text_of(checkpoint.last);
  append_text(out, checkpoint.view);
  append_big_endian(out, crc_of(out));
  return out;
}

std::optional<ViewCheckpoint> read_checkpoint(std::string_view bytes) {
  constexpr std::size_t kCrcBytes = sizeof(std::uint32_t);
  if (bytes.size() < kCrcBytes) return std::nullopt;
  const std::string_view covered = bytes.substr(0, bytes.size() - kCrcBytes);
  if (RowReader(bytes.substr(covered.size())).big_endian<std::uint32_t>() != crc_of(covered)) {
    return std::nullopt;
  }
  RowReader in(covered);
  const auto magic = in.big_endian<std::uint32_t>();
  const auto format = in.big_endian<std::uint32_t>();
  if (magic != kMagic || format != kViewStoreFormat) return std::nullopt;
  ViewCheckpoint out;
  out.view_format = in.big_endian<std::uint32_t>();
  out.generation = in.big_endian<std::uint32_t>();
  out.commit = CommitNumber{in.big_endian<std::uint64_t>()};
  out.events = in.big_endian<std::uint64_t>();
  out.recorded_last = Timestamp{in.big_endian<std::int64_t>()};
  out.log = read_hash(in);
  out.last = read_hash(in);
  out.view = in.text();
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return out;
}

Result<Hash256> hash_of_commit(const EventLog& log, CommitNumber number) {
  std::optional<Hash256> hash;
  const Status read = log.read(number, number, [&](CommitNumber, std::span<const std::byte> bytes) {
    hash = leaf_hash(bytes);
    return true;
  });
  if (!read.ok()) return read.error();
  if (hash) return *hash;
  return Error{ErrorKind::kCorrupt, "the log has no commit " + std::to_string(number.value())};
}

Status check_follows(const ViewCheckpoint& checkpoint, const EventLog& log, std::string_view view,
                     std::uint32_t view_format) {
  if (checkpoint.view != view) return other("is of the view " + checkpoint.view);
  if (checkpoint.view_format != view_format) {
    return other("has format " + std::to_string(checkpoint.view_format) + ", this version writes " +
                 std::to_string(view_format));
  }
  const LogTail tail = log.tail();
  if (checkpoint.commit.value() == 0 || checkpoint.commit > tail.last) {
    return other("ends at commit " + std::to_string(checkpoint.commit.value()) +
                 ", behind the log's end at " + std::to_string(tail.last.value()));
  }
  const Result<Hash256> first = hash_of_commit(log, CommitNumber{1});
  if (!first.ok()) return first.error();
  if (*first != checkpoint.log) return other("is of another log");
  const Result<Hash256> last = hash_of_commit(log, checkpoint.commit);
  if (!last.ok()) return last.error();
  if (*last == checkpoint.last) return {};
  return other("has followed another history of this log up to commit " +
               std::to_string(checkpoint.commit.value()));
}

}  // namespace kontor
