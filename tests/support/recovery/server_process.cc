#include "tests/support/recovery/server_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kontor::test {
namespace {

using Clock = std::chrono::steady_clock;

Error system_error(const std::string& what) {
  return {ErrorKind::kIo, what + ": " + std::generic_category().message(errno)};
}

// In the child, between fork and exec: calls that are safe there only.
[[noreturn]] void become(std::vector<char*>& words, int out, int messages) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::dup2(out, STDOUT_FILENO) >= 0 && ::dup2(messages, STDERR_FILENO) >= 0) {
    ::execv(words.front(), words.data());
  }
  ::_exit(127);
}

}  // namespace

Result<std::unique_ptr<ServerProcess>> ServerProcess::spawn(std::vector<std::string> words,
                                                            const std::string& messages) {
  if (::access(words.front().c_str(), X_OK) != 0) return system_error(words.front());
  const int log = ::open(messages.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log < 0) return system_error(messages);
  std::array<int, 2> out{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0) {
    ::close(log);
    return system_error("pipe");
  }
  std::vector<char*> arguments;
  for (std::string& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid == 0) become(arguments, out[1], log);
  ::close(out[1]);
  ::close(log);
  if (pid > 0) return std::unique_ptr<ServerProcess>(new ServerProcess(pid, out[0]));
  ::close(out[0]);
  return system_error("fork");
}

ServerProcess::~ServerProcess() {
  kill();
  ::close(out_);
}

// False: nothing came within that time. At the end of its output it has ended.
bool ServerProcess::read_some(std::chrono::microseconds within) {
  const auto wait = std::max(within, std::chrono::microseconds{0});
  const timespec timeout{.tv_sec = wait.count() / 1'000'000,
                         .tv_nsec = wait.count() % 1'000'000 * 1'000};
  pollfd readable{.fd = out_, .events = POLLIN, .revents = 0};
  if (::ppoll(&readable, 1, &timeout, nullptr) <= 0) return false;
  std::array<char, 512> bytes{};
  const ssize_t count = ::read(out_, bytes.data(), bytes.size());
  if (count > 0) {
    said_.append(bytes.data(), static_cast<std::size_t>(count));
  } else if (count == 0 || errno != EINTR) {
    ended_ = true;
  }
  return true;
}

ServerProcess::Seen ServerProcess::wait_ready(std::chrono::microseconds within) {
  static constexpr std::string_view kListen = "ready listen=";
  const auto deadline = Clock::now() + within;
  while (true) {
    const std::size_t at = said_.find(kListen);
    if (at != std::string::npos && said_.find('\n', at) != std::string::npos) {
      const std::size_t from = at + kListen.size();
      address_ = said_.substr(from, said_.find(' ', from) - from);
      return Seen::kReady;
    }
    if (ended_) return Seen::kEnded;
    const auto left =
        std::chrono::duration_cast<std::chrono::microseconds>(deadline - Clock::now());
    if (!read_some(left) && Clock::now() >= deadline) return Seen::kNothing;
  }
}

bool ServerProcess::wait_end(std::chrono::microseconds within) {
  const auto deadline = Clock::now() + within;
  while (!ended_) {
    const auto left =
        std::chrono::duration_cast<std::chrono::microseconds>(deadline - Clock::now());
    if (!read_some(left) && Clock::now() >= deadline) return false;
  }
  return true;
}

void ServerProcess::ask_to_stop() {
  if (pid_ <= 0) return;
  asked_to_stop_ = true;
  ::kill(pid_, SIGTERM);
}

int ServerProcess::reap() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  ended_ = true;
  return status;
}

bool ServerProcess::kill() {
  if (pid_ <= 0) return true;
  ::kill(pid_, SIGKILL);
  const int status = reap();
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) return true;
  return asked_to_stop_ && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Status ServerProcess::stop(std::chrono::seconds within) {
  ask_to_stop();
  if (!wait_end(within)) {
    kill();
    return Error{ErrorKind::kIo, "kontord did not end in time after SIGTERM"};
  }
  const int status = reap();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return Error{ErrorKind::kIo, "kontord did not end cleanly after SIGTERM"};
}

}  // namespace kontor::test
