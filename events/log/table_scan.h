// What the table files of a store say, whether it knows them or not; asked before it is opened.
#pragma once

#include <cstdint>
#include <string>

#include "events/log/event_log.h"

namespace rocksdb {
class Env;
}

namespace kontor {

// The format_version of every table of ours.
inline constexpr std::uint32_t kTableFormat = 5;

// The path of a table file in the folder `store` that RocksDB 7.8 would take at its word before it
// checks it, and is damaged there; empty: none. The end of a table names the format of its blocks
// under no checksum: with another they are read as what they are not. And its properties are taken
// apart before their checksum is looked at: where they claim a hash index, which none has, RocksDB
// ends the process.
std::string table_unsafe_to_open(rocksdb::Env& env, const std::string& store);

// The highest commit that any table file in the folder `store` holds, or that a marker in one
// promises; 0: none. Asked before the store is opened, because a store whose manifest was cut back
// does not miss what it no longer knows, and removes it. A file that cannot be read counts for
// nothing here: an unfinished one is nobody's loss, and a damaged one is found by the store.
CommitNumber highest_commit_in_tables(rocksdb::Env& env, const std::string& store);

}  // namespace kontor
