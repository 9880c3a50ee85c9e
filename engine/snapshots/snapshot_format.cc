#include "engine/snapshots/snapshot_format.h"

#include <algorithm>
#include <cstring>

#include <lz4.h>
#include <openssl/evp.h>

#include "events/base/assert.h"

namespace kontor {
namespace {

constexpr std::size_t kBlockBytes = 1U << 20;
constexpr std::size_t kReadBytes = 4U << 20;  // at once
constexpr std::uint64_t kRatioMax = 256;      // more than LZ4 can do

struct BlockHeader {
  std::uint32_t stored = 0;
  std::uint32_t raw = 0;
};

Error damaged(std::string what) {
  return {ErrorKind::kCorrupt, "is damaged: " + std::move(what)};
}

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new()) {
    KONTOR_ASSERT(context_ != nullptr);
    restart();
  }
  ~Sha256() { EVP_MD_CTX_free(context_); }
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void restart() { KONTOR_ASSERT(EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) == 1); }
  void add(std::span<const std::byte> bytes) {
    KONTOR_ASSERT(EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1);
  }
  Hash256 end() {
    Hash256 out{};
    KONTOR_ASSERT(EVP_DigestFinal_ex(context_, out.data(), nullptr) == 1);
    return out;
  }

 private:
  EVP_MD_CTX* context_;
};

template <class T>
std::span<const std::byte> bytes_of(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

std::span<const std::byte> bytes_before_hash(const SnapshotTrailer& trailer) {
  return bytes_of(trailer).first(offsetof(SnapshotTrailer, hash));
}

}  // namespace

// ---- writing ------------------------------------------------------------------------------------

struct SnapshotWriter::Hashes {
  Sha256 section;
  Sha256 frame;  // header, rows, trailer
};

SnapshotWriter::SnapshotWriter(SnapshotOut& out, const SnapshotHeader& header)
    : out_(out), hashes_(std::make_unique<Hashes>()) {
  raw_.reserve(kBlockBytes);
  stored_.resize(sizeof(BlockHeader) + static_cast<std::size_t>(LZ4_compressBound(kBlockBytes)));
  hashes_->frame.add(bytes_of(header));
  put(bytes_of(header));
}

SnapshotWriter::~SnapshotWriter() = default;

void SnapshotWriter::put(std::span<const std::byte> bytes) {
  if (!status_) return;
  status_ = out_.append(bytes);
  offset_ += bytes.size();
}

void SnapshotWriter::begin_section(std::uint32_t book, std::uint32_t kind) {
  KONTOR_ASSERT(raw_.empty());
  SectionRow row;
  row.book = book;
  row.kind = kind;
  row.offset = offset_;
  rows_.push_back(row);
  hashes_->section.restart();
}

void SnapshotWriter::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), kBlockBytes - raw_.size());
    raw_.insert(raw_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    bytes = bytes.subspan(count);
    if (raw_.size() == kBlockBytes) flush_block();
  }
}

void SnapshotWriter::flush_block() {
  if (raw_.empty()) return;
  const auto size = static_cast<int>(raw_.size());
  auto* const to = reinterpret_cast<char*>(stored_.data() + sizeof(BlockHeader));
  const int room = static_cast<int>(stored_.size() - sizeof(BlockHeader));
  int stored = LZ4_compress_default(reinterpret_cast<const char*>(raw_.data()), to, size, room);
  if (stored <= 0 || stored >= size) {
    std::memcpy(to, raw_.data(), raw_.size());
    stored = size;
  }
  const BlockHeader header{static_cast<std::uint32_t>(stored), static_cast<std::uint32_t>(size)};
  std::memcpy(stored_.data(), &header, sizeof header);
  const auto block =
      std::span<const std::byte>(stored_).first(sizeof header + static_cast<std::size_t>(stored));
  hashes_->section.add(block);
  put(block);
  rows_.back().stored_bytes += block.size();
  rows_.back().raw_bytes += raw_.size();
  raw_.clear();
}

void SnapshotWriter::end_section() {
  flush_block();
  rows_.back().hash = hashes_->section.end();
}

Status SnapshotWriter::finish() {
  SnapshotTrailer trailer;
  trailer.rows_offset = offset_;
  trailer.row_count = rows_.size();
  const auto rows = std::as_bytes(std::span(rows_));
  trailer.file_bytes = offset_ + rows.size() + sizeof trailer;
  hashes_->frame.add(rows);
  hashes_->frame.add(bytes_before_hash(trailer));
  trailer.hash = hashes_->frame.end();
  put(rows);
  put(bytes_of(trailer));
  return status_;
}

// ---- reading ------------------------------------------------------------------------------------

namespace {

template <class T>
std::span<std::byte> room_of(T& value) {
  return std::as_writable_bytes(std::span(&value, 1));
}

// Damage is never mistaken for news: the checksum was right.
Status check_header(const SnapshotHeader& header) {
  if (header.format > kSnapshotFormat) {
    return Error{ErrorKind::kNewer, "has format " + std::to_string(header.format) +
                                        "; this version reads up to " +
                                        std::to_string(kSnapshotFormat)};
  }
  if (header.format == 0 || header.header_bytes != sizeof header) {
    return damaged("its header makes no sense");
  }
  return {};
}

// Sections lie back to back between the header and the rows.
Status check_rows(const std::vector<SectionRow>& rows, std::uint64_t rows_offset) {
  std::uint64_t offset = sizeof(SnapshotHeader);
  for (const SectionRow& row : rows) {
    const bool sound = row.offset == offset && row.stored_bytes <= rows_offset - offset &&
                       row.raw_bytes / kRatioMax <= row.stored_bytes;
    if (!sound) return damaged("its sections do not lie as they should");
    offset += row.stored_bytes;
  }
  if (offset != rows_offset) return damaged("its sections do not end where they should");
  return {};
}

// Takes a section's stored bytes piece by piece and undoes the compression.
class Unpacker {
 public:
  explicit Unpacker(const SectionRow& row) : wanted_(row.raw_bytes) { raw_.reserve(wanted_); }

  // False: the bytes are not blocks.
  bool add(std::span<const std::byte> bytes) {
    pending_.insert(pending_.end(), bytes.begin(), bytes.end());
    std::size_t at = 0;
    while (pending_.size() - at >= sizeof(BlockHeader)) {
      BlockHeader header;
      std::memcpy(&header, pending_.data() + at, sizeof header);
      const bool sound = header.raw > 0 && header.raw <= kBlockBytes &&
                         header.stored <= header.raw && header.raw <= wanted_ - raw_.size();
      if (!sound) return false;
      if (pending_.size() - at - sizeof header < header.stored) break;
      if (!unpack(header, pending_.data() + at + sizeof header)) return false;
      at += sizeof header + header.stored;
    }
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(at));
    return true;
  }
  bool is_whole() const { return pending_.empty() && raw_.size() == wanted_; }
  std::vector<std::byte> take() { return std::move(raw_); }

 private:
  bool unpack(const BlockHeader& header, const std::byte* from) {
    const std::size_t before = raw_.size();
    raw_.resize(before + header.raw);
    if (header.stored == header.raw) {
      std::memcpy(raw_.data() + before, from, header.raw);
      return true;
    }
    const int size = LZ4_decompress_safe(
        reinterpret_cast<const char*>(from), reinterpret_cast<char*>(raw_.data() + before),
        static_cast<int>(header.stored), static_cast<int>(header.raw));
    return size == static_cast<int>(header.raw);
  }

  std::uint64_t wanted_;
  std::vector<std::byte> raw_;
  std::vector<std::byte> pending_;  // the beginning of a block
};

}  // namespace

Result<SnapshotReader> SnapshotReader::open(std::unique_ptr<SnapshotIn> file) {
  SnapshotReader out;
  const std::uint64_t size = file->bytes();
  if (size < sizeof(SnapshotHeader) + sizeof(SnapshotTrailer)) return damaged("it is cut short");
  if (Status read = file->read(0, room_of(out.header_)); !read) return read.error();
  if (out.header_.magic != kSnapshotMagic) return damaged("it does not begin as a snapshot");

  SnapshotTrailer trailer;
  const std::uint64_t end = size - sizeof trailer;
  if (Status read = file->read(end, room_of(trailer)); !read) return read.error();
  const bool sound = trailer.magic == kSnapshotMagic && trailer.file_bytes == size &&
                     trailer.rows_offset >= sizeof out.header_ && trailer.rows_offset <= end &&
                     (end - trailer.rows_offset) % sizeof(SectionRow) == 0 &&
                     trailer.row_count == (end - trailer.rows_offset) / sizeof(SectionRow);
  if (!sound) return damaged("its end is not that of a snapshot");
  out.rows_.resize(trailer.row_count);
  const auto rows = std::as_writable_bytes(std::span(out.rows_));
  if (Status read = file->read(trailer.rows_offset, rows); !read) return read.error();

  Sha256 hash;
  hash.add(bytes_of(out.header_));
  hash.add(rows);
  hash.add(bytes_before_hash(trailer));
  if (hash.end() != trailer.hash) return damaged("the checksum of its header and table differs");
  if (Status known = check_header(out.header_); !known) return known.error();
  if (Status lie = check_rows(out.rows_, trailer.rows_offset); !lie) return lie.error();
  out.file_ = std::move(file);
  return out;
}

Result<std::vector<std::byte>> SnapshotReader::read(const SectionRow& row) const {
  const std::string where =
      "section " + std::to_string(row.kind) + " of book " + std::to_string(row.book);
  Sha256 hash;
  Unpacker unpacker(row);
  std::vector<std::byte> piece(std::min<std::uint64_t>(row.stored_bytes, kReadBytes));
  for (std::uint64_t done = 0; done < row.stored_bytes;) {
    const auto part =
        std::span(piece).first(std::min<std::uint64_t>(row.stored_bytes - done, kReadBytes));
    if (Status read = file_->read(row.offset + done, part); !read) return read.error();
    hash.add(part);
    if (!unpacker.add(part)) return damaged("the blocks of " + where);
    done += part.size();
  }
  if (hash.end() != row.hash) return damaged("the checksum of " + where + " differs");
  if (!unpacker.is_whole()) return damaged(where + " is not as long as it should be");
  return unpacker.take();
}

}  // namespace kontor
