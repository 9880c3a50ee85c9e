// OwnServer: a kontord that `kontor bench` starts for itself on a fresh folder, and ends.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "events/base/result.h"

namespace kontor::cli {

// User and system time of all threads out of a line of /proc/PID/stat (proc(5), fields 14 and 15),
// in clock ticks.
std::uint64_t cpu_ticks(std::string_view stat);

// The sum of the series of this name whose labels contain `label`, out of Prometheus text.
double metric_sum(std::string_view text, std::string_view name, std::string_view label = {});

class OwnServer {
 public:
  // Starts `program` on `data_folder` and returns once it says it is ready. What it says on stderr
  // goes into a file of that name with `.log` behind it.
  static Result<std::unique_ptr<OwnServer>> start(const std::string& program,
                                                  const std::string& data_folder,
                                                  std::size_t shards);
  ~OwnServer();  // as stop()
  OwnServer(const OwnServer&) = delete;
  OwnServer& operator=(const OwnServer&) = delete;

  const std::string& address() const { return address_; }  // HOST:PORT
  Result<std::string> metrics() const;                     // as /metrics says them now
  double cpu_seconds() const;                              // used so far
  Status stop();                                           // SIGTERM, and waits for it to end

 private:
  OwnServer() = default;
  Status wait_ready(int out);

  pid_t pid_ = -1;
  std::string address_;
  std::uint16_t http_port_ = 0;
};

}  // namespace kontor::cli
