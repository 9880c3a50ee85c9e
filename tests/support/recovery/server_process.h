// ServerProcess: the real kontord as a child that is killed without warning. One thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "events/base/result.h"

namespace kontor::test {

class ServerProcess {
 public:
  // Starts `program` with its arguments; its messages are added to the file `messages`. The child
  // also ends when this process does.
  static Result<std::unique_ptr<ServerProcess>> spawn(std::vector<std::string> words,
                                                      const std::string& messages);
  ~ServerProcess();  // kills
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  enum class Seen { kReady, kEnded, kNothing };
  // Waits for the line that says it is ready, or for its end.
  Seen wait_ready(std::chrono::microseconds within);
  // Waits for its end. False: it runs on.
  bool wait_end(std::chrono::microseconds within);
  const std::string& address() const { return address_; }  // once ready: HOST:PORT

  void ask_to_stop();  // SIGTERM; returns at once
  // SIGKILL, and waits until it is gone. False: it had ended before by itself.
  bool kill();
  // SIGTERM, and waits. kIo: it did not end with status 0 in time.
  Status stop(std::chrono::seconds within);

 private:
  ServerProcess(pid_t pid, int out) : pid_(pid), out_(out) {}
  bool read_some(std::chrono::microseconds within);
  int reap();

  pid_t pid_;
  int out_;  // its standard output; at its end once it is gone
  bool ended_ = false;
  bool asked_to_stop_ = false;
  std::string said_;
  std::string address_;
};

}  // namespace kontor::test
