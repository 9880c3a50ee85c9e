// The write-ahead log files of a store, looked at before RocksDB opens them.
#pragma once

#include <string>
#include <vector>

#include "events/base/result.h"
#include "events/log/data_folder.h"

namespace rocksdb {
class Env;
}

namespace kontor {

// Their names, oldest first; none where there is no store.
Result<std::vector<std::string>> write_ahead_logs(const DataFolder& folder, rocksdb::Env& env);

// kCorrupt where there is none, or where two begin with the same record: RocksDB does not miss the
// newest, and applies the commits of a copy a second time.
Status check_write_ahead_logs(const DataFolder& folder, rocksdb::Env& env);

}  // namespace kontor
