#include "events/log/page.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace kontor {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kHeaderBytesMax = 64U << 10;  // of any later format

Error corrupt(std::string what) {
  return {ErrorKind::kCorrupt, "page: " + std::move(what)};
}

Error newer(std::string what) {
  return {ErrorKind::kNewer,
          "page: " + std::move(what) +
              "; this version does not know it, use the one that wrote it or a later one"};
}

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

// The CRC32C of a header of any length with its own field taken as zero.
std::uint32_t header_checksum(std::span<const std::byte> header) {
  constexpr std::size_t kAt = offsetof(PageHeader, header_crc);
  constexpr std::array<std::byte, sizeof(std::uint32_t)> kZero{};
  const std::uint32_t front = crc32c(header.first(kAt));
  return crc32c(header.subspan(kAt + kZero.size()), crc32c(kZero, front));
}

// What is frozen for all formats: magic, header_bytes and header_crc. Only after that a version is
// believed, so that damage is not taken for news.
Status check_frozen_part(const PageHeader& header, std::span<const std::byte> bytes) {
  if (header.magic != kPageMagic) return corrupt("does not begin with KTRP");
  if (header.header_bytes < sizeof(PageHeader) || header.header_bytes > kHeaderBytesMax ||
      header.header_bytes % 8 != 0 || header.header_bytes > bytes.size()) {
    return corrupt("header of " + number(header.header_bytes) + " bytes where " +
                   number(bytes.size()) + " are left");
  }
  if (header_checksum(bytes.first(header.header_bytes)) != header.header_crc) {
    return corrupt("header checksum differs");
  }
  if (header.reader_min > kPageFormat) {
    return newer("format " + number(header.format) + ", for readers of format " +
                 number(header.reader_min));
  }
  return {};
}

Status check_header(const PageHeader& header, std::size_t bytes_left) {
  if (header.hash != HashAlgorithm::kSha256) {
    return newer("hash algorithm " + number(static_cast<std::uint64_t>(header.hash)));
  }
  if (header.encryption_key != 0) {
    return newer("encrypted under key " + number(header.encryption_key));
  }
  if (header.codec == PageCodec::kLz4) return corrupt("compressed where it is to be read");
  if (header.codec != PageCodec::kNone) {
    return newer("codec " + number(static_cast<std::uint64_t>(header.codec)));
  }
  if (header.stored_bytes > bytes_left) {
    return corrupt("body of " + number(header.stored_bytes) + " bytes where " + number(bytes_left) +
                   " are left");
  }
  if (header.raw_bytes != header.stored_bytes || header.stored_bytes % 8 != 0) {
    return corrupt("stored size " + number(header.stored_bytes) + " and raw size " +
                   number(header.raw_bytes) + " do not fit");
  }
  if (header.format == 0) return corrupt("format 0");
  const bool spare_used = header.flags != 0 || header.spare1 != 0 || header.tenant != 0 ||
                          header.header_bytes != sizeof(PageHeader) ||
                          std::any_of(header.spare.begin(), header.spare.end(),
                                      [](std::uint8_t byte) { return byte != 0; });
  // A later format that this reader may read can use them for what it may ignore.
  if (header.format <= kPageFormat && spare_used) return corrupt("flags or spare bytes in use");
  return {};
}

// Whether the decisions fill the body exactly and add up to what the header says.
Status check_decisions(const PageHeader& header, std::span<const std::byte> body) {
  if (header.decision_count == 0) return corrupt("no decisions");
  std::uint64_t sequence = header.first_sequence;
  std::int64_t recorded = header.recorded_first;
  for (std::uint32_t i = 0; i < header.decision_count; ++i) {
    std::uint32_t size = 0;
    if (body.size() < sizeof(DecisionHeader)) {
      return corrupt("ends after " + number(i) + " of " + number(header.decision_count) +
                     " decisions");
    }
    std::memcpy(&size, body.data(), sizeof size);
    if (size > body.size()) return corrupt("decision " + number(i) + " goes beyond the end");
    if (Status status = check_decision(body.first(size)); !status.ok()) {
      return Error{status.error().kind, "page: " + number(i) + ". " + status.error().message};
    }
    DecisionHeader decision;
    std::memcpy(&decision, body.data(), sizeof decision);
    if (decision.first_sequence != sequence) {
      return corrupt("decision " + number(i) + " begins at sequence " +
                     number(decision.first_sequence) + ", not " + number(sequence));
    }
    if (i == 0 ? decision.recorded_at != recorded : decision.recorded_at <= recorded) {
      return corrupt("decision " + number(i) + " is recorded out of order");
    }
    sequence += decision.event_count;
    recorded = decision.recorded_at;
    body = body.subspan(size);
  }
  if (!body.empty()) return corrupt(number(body.size()) + " bytes after the last decision");
  if (sequence - header.first_sequence != header.event_count) return corrupt("event count differs");
  if (recorded != header.recorded_last) return corrupt("last recorded time differs");
  return {};
}

}  // namespace

void AlignedBuffer::reserve(std::size_t capacity) {
  if (capacity <= capacity_) return;
  const std::size_t rounded = (capacity + kAlignment - 1) & ~(kAlignment - 1);
  KONTOR_ASSERT(rounded >= capacity);
  auto* const data = static_cast<std::byte*>(std::aligned_alloc(kAlignment, rounded));
  KONTOR_ASSERT(data != nullptr);
  if (size_ != 0) std::memcpy(data, data_, size_);
  std::free(data_);  // NOLINT(cppcoreguidelines-no-malloc)
  data_ = data;
  capacity_ = rounded;
}

void AlignedBuffer::append(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  std::memcpy(grow(bytes.size()), bytes.data(), bytes.size());
}

void AlignedBuffer::append_padded(std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  const std::size_t whole = padded(bytes.size());
  std::byte* const at = grow(whole);
  std::memcpy(at, bytes.data(), bytes.size());
  std::memset(at + bytes.size(), 0, whole - bytes.size());
}

Result<PageView> read_page(std::span<const std::byte> bytes) {
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0) return corrupt("not 8-aligned");
  if (bytes.size() < sizeof(PageHeader)) {
    return corrupt("cut off after " + number(bytes.size()) + " bytes");
  }
  PageHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (Status status = check_frozen_part(header, bytes); !status.ok()) return status.error();

  const std::span<const std::byte> rest = bytes.subspan(header.header_bytes);
  if (Status status = check_header(header, rest.size()); !status.ok()) return status.error();

  const std::span<const std::byte> body = rest.first(header.stored_bytes);
  if (crc32c(body) != header.body_crc) return corrupt("body checksum differs");
  if (Status status = check_decisions(header, body); !status.ok()) return status.error();
  return PageView(header, body);
}

void seal_page(PageHeader header, std::span<std::byte> page) {
  KONTOR_ASSERT(page.size() > sizeof header);
  KONTOR_ASSERT(page.size() - sizeof header <= UINT32_MAX);
  const auto body = page.subspan(sizeof header);
  header.header_bytes = sizeof header;
  header.raw_bytes = static_cast<std::uint32_t>(body.size());
  header.stored_bytes = header.raw_bytes;
  header.body_crc = crc32c(body);
  header.header_crc = header_crc(header);
  std::memcpy(page.data(), &header, sizeof header);
}

std::uint32_t header_crc(const PageHeader& header) {
  return header_checksum(std::as_bytes(std::span(&header, 1)));
}

}  // namespace kontor
