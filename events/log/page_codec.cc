#include "events/log/page_codec.h"

#include <cstring>
#include <string>

#include <lz4.h>

#include "events/base/limits.h"

namespace kontor {
namespace {

// The bytes of one page as it is, header and body.
std::size_t page_bytes(const PageHeader& header) {
  return std::size_t{header.header_bytes} + header.stored_bytes;
}

bool begins_a_page(const PageHeader& header, std::size_t bytes_left) {
  return header.magic == kPageMagic && header.header_bytes >= sizeof header &&
         page_bytes(header) <= bytes_left;
}

// Appends the page with its body compressed. False, and nothing appended, where that saves less
// than an eighth.
bool compress(const PageHeader& page, std::span<const std::byte> body, AlignedBuffer& out) {
  const std::size_t begin = out.size();
  const std::size_t room = body.size() - body.size() / 8;
  std::byte* const to = out.grow(sizeof page + room);
  const int stored = LZ4_compress_default(reinterpret_cast<const char*>(body.data()),
                                          reinterpret_cast<char*>(to + sizeof page),
                                          static_cast<int>(body.size()), static_cast<int>(room));
  if (stored <= 0) {
    out.resize(begin);
    return false;
  }
  PageHeader header = page;
  header.codec = PageCodec::kLz4;
  header.stored_bytes = static_cast<std::uint32_t>(stored);
  header.header_crc = header_crc(header);
  std::memcpy(to, &header, sizeof header);
  out.resize(begin + sizeof header + header.stored_bytes);
  return true;
}

// Appends the page as it was sealed. `body` is what is stored.
Status decompress(const PageHeader& page, std::span<const std::byte> body, AlignedBuffer& out) {
  const auto corrupt = [&](const std::string& what) {
    return Error{ErrorKind::kCorrupt, "page: compressed, " + what};
  };
  if (out.size() + sizeof page + page.raw_bytes > limits::kCommitBytesMax) {
    return corrupt(std::to_string(page.raw_bytes) + " bytes, more than a commit has");
  }
  std::byte* const to = out.grow(sizeof page + page.raw_bytes);
  const int raw = LZ4_decompress_safe(
      reinterpret_cast<const char*>(body.data()), reinterpret_cast<char*>(to + sizeof page),
      static_cast<int>(body.size()), static_cast<int>(page.raw_bytes));
  if (raw < 0 || static_cast<std::uint32_t>(raw) != page.raw_bytes) {
    return corrupt("does not come apart into its " + std::to_string(page.raw_bytes) + " bytes");
  }
  PageHeader header = page;
  header.codec = PageCodec::kNone;
  header.stored_bytes = header.raw_bytes;
  header.header_crc = header_crc(header);
  std::memcpy(to, &header, sizeof header);
  return {};
}

// Whether the header can be believed, and says that its page was compressed here.
bool is_compressed(const PageHeader& header) {
  return header.codec == PageCodec::kLz4 && header.header_bytes == sizeof header &&
         header.reader_min <= kPageFormat && header.encryption_key == 0 &&
         header.header_crc == header_crc(header);
}

}  // namespace

void pack_commit(std::span<const std::byte> commit, AlignedBuffer& out) {
  out.clear();
  while (!commit.empty()) {
    PageHeader header;
    std::memcpy(&header, commit.data(), sizeof header);
    const std::span<const std::byte> page = commit.first(page_bytes(header));
    const std::span<const std::byte> body = page.subspan(header.header_bytes);
    const bool small = body.size() < kCompressedFrom;
    if (small || !compress(header, body, out)) out.append(page);
    commit = commit.subspan(page.size());
  }
}

Status unpack_commit(std::span<const std::byte> stored, AlignedBuffer& out) {
  out.clear();
  while (stored.size() >= sizeof(PageHeader)) {
    PageHeader header;
    std::memcpy(&header, stored.data(), sizeof header);
    if (!begins_a_page(header, stored.size())) break;
    const std::span<const std::byte> page = stored.first(page_bytes(header));
    if (is_compressed(header)) {
      const Status apart = decompress(header, page.subspan(sizeof header), out);
      if (!apart.ok()) return apart;
    } else {
      out.append(page);
    }
    stored = stored.subspan(page.size());
  }
  out.append(stored);
  return {};
}

}  // namespace kontor
