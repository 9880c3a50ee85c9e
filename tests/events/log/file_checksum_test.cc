#include "events/log/file_checksum.h"

#include <algorithm>
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <rocksdb/file_checksum.h>

namespace kontor {
namespace {

std::string checksum(rocksdb::FileChecksumGenFactory& factory, const std::string& file,
                     std::size_t piece) {
  const auto generator = factory.CreateFileChecksumGenerator({});
  for (std::size_t at = 0; at < file.size(); at += piece)
    generator->Update(file.data() + at, std::min(piece, file.size() - at));
  generator->Finalize();
  return generator->GetChecksum();
}

TEST(FileChecksum, IsTheOneOfRocksdbInNameAndBytes) {
  const auto theirs = rocksdb::GetFileChecksumGenCrc32cFactory();
  const auto ours = file_checksums();
  EXPECT_STREQ(ours->Name(), theirs->Name());
  EXPECT_STREQ(ours->CreateFileChecksumGenerator({})->Name(),
               theirs->CreateFileChecksumGenerator({})->Name());
  std::minstd_rand random(7);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{4'096}, std::size_t{100'003}}) {
    std::string file(size, '\0');
    std::generate(file.begin(), file.end(), [&] { return static_cast<char>(random()); });
    EXPECT_EQ(checksum(*ours, file, 1'000), checksum(*theirs, file, 777)) << size << " bytes";
  }
}

TEST(FileChecksum, OfAnotherKindIsNotGiven) {
  rocksdb::FileChecksumGenContext context;
  context.requested_checksum_func_name = "FileChecksumCrc32c";
  EXPECT_NE(file_checksums()->CreateFileChecksumGenerator(context), nullptr);
  context.requested_checksum_func_name = "Sha256";
  EXPECT_EQ(file_checksums()->CreateFileChecksumGenerator(context), nullptr);
}

}  // namespace
}  // namespace kontor
