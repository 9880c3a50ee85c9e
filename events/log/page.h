// The bytes of a page: the decisions of one book in one group commit. Grammar in events/FORMAT.md.
//
//   commit := page+                          (the value of one log key; one page per book)
//   page   := PageHeader decision+           (256 bytes, then raw_bytes when codec is none)
//
// Pages are read, told and hashed with codec none; events/log/page_codec.h stores them otherwise.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "events/codec/decision.h"

namespace kontor {

inline constexpr std::uint32_t kPageMagic = 0x5052544B;  // "KTRP"
inline constexpr std::uint16_t kPageFormat = 1;

enum class PageCodec : std::uint8_t { kNone = 0, kLz4 = 1 };
enum class HashAlgorithm : std::uint8_t { kSha256 = 1 };

using Hash256 = std::array<std::uint8_t, 32>;

struct PageHeader {
  std::uint32_t magic = kPageMagic;
  std::uint16_t format = kPageFormat;
  std::uint16_t reader_min = kPageFormat;  // the oldest reader that understands this page
  std::uint32_t header_bytes = 256;
  std::uint32_t header_crc = 0;  // CRC32C of the header with this field zero
  std::uint32_t body_crc = 0;    // CRC32C of the decisions
  std::uint32_t flags = 0;
  std::uint32_t raw_bytes = 0;     // of the decisions
  std::uint32_t stored_bytes = 0;  // of the body as stored (equal when codec is none)
  PageCodec codec = PageCodec::kNone;
  HashAlgorithm hash = HashAlgorithm::kSha256;
  std::uint16_t spare1 = 0;
  std::uint32_t encryption_key = 0;  // 0: not encrypted
  std::uint64_t tenant = 0;
  std::uint32_t book = 0;
  std::uint32_t generation = 1;         // of the log: a restored or rewritten one counts up
  std::uint64_t epoch = 0;              // of the writer
  std::uint64_t commit = 0;             // key this page was written under
  std::uint64_t page_number = 0;        // of the book, from 1
  std::uint64_t durable_watermark = 0;  // last sequence of the book known durable when built
  std::uint64_t first_sequence = 0;
  std::uint32_t decision_count = 0;
  std::uint32_t event_count = 0;
  std::int64_t recorded_first = 0;
  std::int64_t recorded_last = 0;
  std::uint64_t tree_size = 0;  // leaves = decisions of the book, this page's included
  Hash256 tree_root{};
  std::array<std::uint8_t, 96> spare{};
};
static_assert(sizeof(PageHeader) == 256);

// A growing run of bytes whose start is 64-aligned. Movable, not copyable.
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(std::span<const std::byte> bytes) { append(bytes); }
  AlignedBuffer(AlignedBuffer&& other) noexcept { swap(other); }
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    swap(other);
    return *this;
  }
  AlignedBuffer(const AlignedBuffer&) = delete;
  AlignedBuffer& operator=(const AlignedBuffer&) = delete;
  ~AlignedBuffer() { std::free(data_); }  // NOLINT(cppcoreguidelines-no-malloc)

  std::byte* data() { return data_; }
  const std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::span<const std::byte> bytes() const { return {data_, size_}; }

  void clear() { size_ = 0; }
  void resize(std::size_t size) {  // new bytes are not set
    reserve(size);
    size_ = size;
  }
  void reserve(std::size_t capacity);
  std::byte* grow(std::size_t bytes) {  // room at the end, not set
    const std::size_t at = size_;
    if (at + bytes > capacity_) reserve(capacity_ + capacity_ / 2 + bytes);
    size_ = at + bytes;
    return data_ + at;
  }
  void append(std::span<const std::byte> bytes);
  void append_padded(std::span<const std::byte> bytes);  // zeros up to a multiple of 8

 private:
  void swap(AlignedBuffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

// A page checked against its checksums, in place; valid while its bytes are.
class PageView {
 public:
  PageView(const PageHeader& header, std::span<const std::byte> body)
      : header_(header), body_(body) {}

  const PageHeader& header() const { return header_; }
  std::span<const std::byte> body() const { return body_; }
  std::size_t bytes() const { return header_.header_bytes + body_.size(); }  // until the next page

  // Calls visit(DecisionView) for each decision, in order. Structure was checked by read_page.
  template <class Visit>
  void for_each_decision(Visit visit) const {
    std::size_t offset = 0;
    for (std::uint32_t i = 0; i < header_.decision_count; ++i) {
      const DecisionView decision(body_.data() + offset);
      visit(decision);
      offset += decision.header().bytes;
    }
  }

 private:
  PageHeader header_;
  std::span<const std::byte> body_;
};

// Checks and reads the page at the front of `bytes` (8-aligned): magic, versions, sizes, both
// checksums, every decision's structure, and that counts, sequences and recorded times agree with
// the header. `bytes` may go on with further pages. Errors: kCorrupt, kNewer; the message names
// what was found.
Result<PageView> read_page(std::span<const std::byte> bytes);

// Computes both checksums of a page laid out as header, body, and writes the header to its place.
void seal_page(PageHeader header, std::span<std::byte> page);

// What the header's own checksum is to be.
std::uint32_t header_crc(const PageHeader& header);

// CRC32C (Castagnoli), as in RFC 3720; with the CPU's instruction where there is one.
// `seed` is the CRC of what came before these bytes.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t seed = 0);
std::uint32_t crc32c_by_table(std::span<const std::byte> bytes, std::uint32_t seed = 0);  // any CPU

}  // namespace kontor
