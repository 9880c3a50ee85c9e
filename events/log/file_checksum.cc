#include "events/log/file_checksum.h"

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string>

#include <rocksdb/file_checksum.h>

#include "events/log/page.h"

namespace kontor {
namespace {

class Checksum final : public rocksdb::FileChecksumGenerator {
 public:
  void Update(const char* data, std::size_t size) override {
    crc_ = crc32c(std::as_bytes(std::span(data, size)), crc_);
  }
  void Finalize() override {
    const auto bytes = std::bit_cast<std::array<char, sizeof crc_>>(__builtin_bswap32(crc_));
    told_.assign(bytes.data(), bytes.size());
  }
  std::string GetChecksum() const override { return told_; }
  const char* Name() const override { return "FileChecksumCrc32c"; }

 private:
  std::uint32_t crc_ = 0;
  std::string told_;
};

class Factory final : public rocksdb::FileChecksumGenFactory {
 public:
  std::unique_ptr<rocksdb::FileChecksumGenerator> CreateFileChecksumGenerator(
      const rocksdb::FileChecksumGenContext& context) override {
    const std::string& wanted = context.requested_checksum_func_name;
    auto checksum = std::make_unique<Checksum>();
    if (!wanted.empty() && wanted != checksum->Name()) return nullptr;
    return checksum;
  }
  const char* Name() const override { return "FileChecksumGenCrc32cFactory"; }
};

}  // namespace

std::shared_ptr<rocksdb::FileChecksumGenFactory> file_checksums() {
  return std::make_shared<Factory>();
}

}  // namespace kontor
