// What kontord is told on its command line and in its config file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "events/base/result.h"

namespace kontor {

struct DaemonOptions {
  std::string data;          // folder
  std::uint64_t shards = 0;  // 0: as many as the folder was made with; 1 in a new one
  std::string config;        // file; empty: none
  std::string listen = "127.0.0.1:7411";
  std::string http = "127.0.0.1:7412";  // "off": none
  std::string log_format = "text";      // or "json"
  std::string log_level = "info";
  std::uint64_t connections_max = 1'024;
  std::uint64_t unanswered_mib = 32;  // of one connection
  std::uint64_t idle_timeout_s = 600;
  std::uint64_t inbox_commands = 65'536;
  std::uint64_t inbox_mib = 64;
  std::uint64_t page_decisions = 8'192;       // a group commit closes at this
  std::uint64_t memtable_mib = 64;            // bounds what a start after a crash reads again
  std::string snapshots = "on";               // or "off": every start replays the whole log
  std::uint64_t snapshot_events = 1'000'000;  // from one to the next
  std::uint64_t snapshots_kept = 2;
  std::string snapshot_at_stop = "on";  // or "off"
  std::uint64_t stop_timeout_s = 30;    // for answers to leave
  std::string deciding_first = "on";    // or "off": on a busy machine, before all else
  std::string views = "on";             // or "off": kept beside the log for questions about history
  std::uint64_t views_lag_max_s = 300;  // behind for longer: not ready
  std::uint64_t past_copies = 2;        // of the state as it was, for questions as of; 0: none
  std::uint64_t past_mib = 2'048;       // that they may take, about
  std::uint64_t past_kept_s = 30;       // since they were last asked
  std::string print;                    // not empty: --help or --version; print it and end
};

// `arguments` without the program's name. The command line wins over the file. kUsage: what is
// wrong, where (file and line), and what would be right.
Result<DaemonOptions> parse_daemon_options(std::vector<std::string> arguments,
                                           const std::string& version);

}  // namespace kontor
