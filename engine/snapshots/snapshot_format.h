// The bytes of a snapshot file (events/FORMAT.md, Snapshots):
//
//   snapshot := header, section*, row*, trailer    (256 bytes; row: 64; trailer: 64)
//   section  := block+                             (one run of bytes, cut into blocks)
//   block    := stored bytes u32, raw bytes u32, LZ4 block (or the raw bytes, when not smaller)
//
// Every byte of a file is under one of two kinds of SHA-256: of a section, in its row, and of all
// the rest, in the trailer.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/snapshots/snapshot_files.h"
#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/log/page.h"
#include "projections/sink.h"

namespace kontor {

inline constexpr std::array<char, 8> kSnapshotMagic = {'K', 'T', 'R', 'S', 'N', 'A', 'P', '\n'};
inline constexpr std::uint32_t kSnapshotFormat = 1;

struct SnapshotHeader {
  std::array<char, 8> magic = kSnapshotMagic;
  std::uint32_t format = kSnapshotFormat;
  std::uint32_t header_bytes = 256;
  std::uint32_t state_format = 0;  // of what the sections of state say
  std::uint32_t generation = 0;    // of the log
  std::uint64_t epoch = 0;         // the commit was made under
  std::uint64_t commit = 0;        // the last one folded into it
  std::uint64_t position = 0;      // events of all books up to it
  std::uint32_t book_count = 0;    // with book 0
  std::uint32_t spare1 = 0;
  Hash256 log_identity{};  // SHA-256 of the log's commit 1
  Hash256 commit_hash{};   // SHA-256 of that last commit
  std::array<std::uint8_t, 136> spare{};
};
static_assert(sizeof(SnapshotHeader) == 256);

// What a section holds; of a book each once.
enum class SectionKind : std::uint32_t {
  kChain = 1,   // where the book's pages end, and the digest of its state
  kPlaces = 2,  // which commit holds which sequence
  kState = 16,  // and up: sections of Book::save
};

struct SectionRow {
  std::uint32_t book = 0;
  std::uint32_t kind = 0;
  std::uint64_t stored_bytes = 0;  // blocks and their headers
  std::uint64_t raw_bytes = 0;
  std::uint64_t offset = 0;  // in the file
  Hash256 hash{};            // SHA-256 of the stored bytes
};
static_assert(sizeof(SectionRow) == 64);

struct SnapshotTrailer {
  std::uint64_t rows_offset = 0;
  std::uint64_t row_count = 0;
  std::uint64_t file_bytes = 0;
  std::array<char, 8> magic = kSnapshotMagic;
  Hash256 hash{};  // SHA-256 of the header, the rows, and the trailer before it
};
static_assert(sizeof(SnapshotTrailer) == 64);

// Writes one file, front to back. The first error stays; the caller asks at the end.
class SnapshotWriter final : public Sink {
 public:
  SnapshotWriter(SnapshotOut& out, const SnapshotHeader& header);
  ~SnapshotWriter() override;

  void begin_section(std::uint32_t book, std::uint32_t kind);
  void write(std::span<const std::byte> bytes) override;  // of the section begun
  void end_section();
  Status finish();  // rows and trailer
  bool ok() const { return status_.ok(); }

 private:
  struct Hashes;
  void put(std::span<const std::byte> bytes);
  void flush_block();

  SnapshotOut& out_;
  std::unique_ptr<Hashes> hashes_;
  std::vector<std::byte> raw_;     // of the block being filled
  std::vector<std::byte> stored_;  // the same, compressed
  std::vector<SectionRow> rows_;
  std::uint64_t offset_ = 0;
  Status status_;
};

// A file that was opened and whose frame (header, rows, trailer) is sound.
class SnapshotReader {
 public:
  // kCorrupt: not a whole snapshot; kNewer: of another format.
  static Result<SnapshotReader> open(std::unique_ptr<SnapshotIn> file);

  const SnapshotHeader& header() const { return header_; }
  const std::vector<SectionRow>& rows() const { return rows_; }
  // The section's bytes, checked against its row. Any thread.
  Result<std::vector<std::byte>> read(const SectionRow& row) const;

 private:
  SnapshotReader() = default;

  std::unique_ptr<SnapshotIn> file_;
  SnapshotHeader header_;
  std::vector<SectionRow> rows_;
};

}  // namespace kontor
