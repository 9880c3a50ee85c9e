// A page from a damaged or hostile disk. Checksums are put right first: what lies behind them must
// hold by itself.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "events/base/assert.h"
#include "events/log/page.h"
#include "events/log/page_codec.h"

namespace {

// The same bytes as a page that was stored compressed.
void unpack(std::span<const std::byte> bytes) {
  using namespace kontor;
  AlignedBuffer page(bytes);
  PageHeader header;
  std::memcpy(&header, page.data(), sizeof header);
  header.magic = kPageMagic;
  header.header_bytes = sizeof header;
  header.codec = PageCodec::kLz4;
  header.reader_min = kPageFormat;
  header.encryption_key = 0;
  header.stored_bytes = static_cast<std::uint32_t>(page.size() - sizeof header);
  header.raw_bytes %= 1U << 20;
  header.header_crc = header_crc(header);
  std::memcpy(page.data(), &header, sizeof header);
  AlignedBuffer out;
  if (unpack_commit(page.bytes(), out).ok()) {
    KONTOR_ASSERT(out.size() == sizeof header + header.raw_bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kontor;
  if (size <= sizeof(PageHeader)) return 0;
  unpack(std::as_bytes(std::span(data, size)));
  AlignedBuffer page(std::as_bytes(std::span(data, size)));
  PageHeader header;
  std::memcpy(&header, page.data(), sizeof header);
  const std::size_t stored = std::clamp<std::size_t>(header.stored_bytes, 1, size - sizeof header);
  seal_page(header, std::span(page.data(), sizeof header + stored));

  const Result<PageView> read = read_page(page.bytes());
  if (!read.ok()) return 0;
  std::uint32_t decisions = 0;
  std::uint64_t id_bytes = 0;
  read->for_each_decision([&](const DecisionView& decision) {
    id_bytes += decision.id().size();
    ++decisions;
  });
  KONTOR_ASSERT(decisions == read->header().decision_count);
  KONTOR_ASSERT(id_bytes <= size);
  return 0;
}
