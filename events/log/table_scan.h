// What the table files of a store say, whether it knows them or not; asked before it is opened.
#pragma once

#include <cstdint>
#include <string>

#include "events/log/event_log.h"

namespace rocksdb {
class Env;
}

namespace kontor {

// What every table of ours is written with: the value of rocksdb::kXXH3, and the format_version.
inline constexpr std::uint8_t kTableChecksum = 4;
inline constexpr std::uint32_t kTableFormat = 5;

// The path of a table file in the folder `store` whose end names another kind of checksum, or of
// blocks, than every table of ours has; empty: none. RocksDB 7.8 keeps those two words under no
// checksum of their own and believes them: with the first damaged it reads every block unchecked,
// and may fail on what is in them.
std::string table_with_other_checksums(rocksdb::Env& env, const std::string& store);

// The highest commit that any table file in the folder `store` holds, or that a marker in one
// promises; 0: none. Asked before the store is opened, because a store whose manifest was cut back
// does not miss what it no longer knows, and removes it. A file that cannot be read counts for
// nothing here: an unfinished one is nobody's loss, and a damaged one is found by the store.
CommitNumber highest_commit_in_tables(rocksdb::Env& env, const std::string& store);

}  // namespace kontor
