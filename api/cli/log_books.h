// The books a log knows, found in its own book.
#pragma once

#include <string>
#include <vector>

#include "api/cli/offline.h"
#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/log/event_log.h"

namespace kontor::cli {

struct LogBook {
  BookNumber number;
  std::string name;
};

Result<std::vector<LogBook>> list_books(const EventLog& log);

// The book of that name ("0": the server's own), or the only one when `name` is empty. kUsage and
// kNotFound list those there are.
Result<LogBook> choose_book(const std::vector<LogBook>& books, const std::string& name);

// A book by its name over all shards of a folder, and the shard it lies in. "0" is the own book of
// shard 0's log.
struct FoundBook {
  OfflineShard shard;
  LogBook book;
};
Result<FoundBook> find_offline_book(const std::vector<OfflineShard>& shards,
                                    const std::string& name);

}  // namespace kontor::cli
