// What the table files of a log speak of, whether its store knows them or not.
#pragma once

#include <string>

#include "events/log/event_log.h"

namespace rocksdb {
class Env;
}

namespace kontor {

// The highest commit that any table file in the folder `store` holds, or that a marker in one
// promises; 0: none. Asked before the store is opened, because a store whose manifest was cut back
// does not miss what it no longer knows, and removes it. A file that cannot be read counts for
// nothing here: an unfinished one is nobody's loss, and a damaged one is found by the store.
CommitNumber highest_commit_in_tables(rocksdb::Env& env, const std::string& store);

}  // namespace kontor
