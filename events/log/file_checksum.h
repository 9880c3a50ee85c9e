// The checksum that RocksDB keeps of each whole table file: the CRC32C that its own
// GetFileChecksumGenCrc32cFactory gives, under the same name and in the same bytes, but computed
// with the processor's instruction, which Debian's RocksDB does without.
#pragma once

#include <memory>

namespace rocksdb {
class FileChecksumGenFactory;
}

namespace kontor {

std::shared_ptr<rocksdb::FileChecksumGenFactory> file_checksums();

}  // namespace kontor
