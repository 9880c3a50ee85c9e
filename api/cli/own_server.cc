#include "api/cli/own_server.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kontor::cli {
namespace {

constexpr std::chrono::seconds kReadyWithin{60};
constexpr std::size_t kMetricsBytesMax = 16U << 20;

std::string reason() {
  return std::generic_category().message(errno);
}

// A port nobody listens on now, so that two servers of two benches do not meet.
Result<std::uint16_t> free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  const bool found = fd >= 0 && ::bind(fd, any, size) == 0 && ::getsockname(fd, any, &size) == 0;
  const std::string why = reason();
  if (fd >= 0) ::close(fd);
  if (!found) return Error{ErrorKind::kUnavailable, "no free port on 127.0.0.1: " + why};
  return ntohs(address.sin_port);
}

// ": what the server said last", if it said anything.
std::string last_line(const std::string& log) {
  std::ifstream file(log);
  std::string last;
  for (std::string line; std::getline(file, line);)
    last = ": " + line;
  return last;
}

}  // namespace

Result<std::unique_ptr<OwnServer>> OwnServer::start(const std::string& program,
                                                    const std::string& data_folder,
                                                    std::size_t shards) {
  if (::access(program.c_str(), X_OK) != 0) {
    return Error{ErrorKind::kUsage, program +
                                        ": not there; bench starts the kontord beside kontor, "
                                        "or give --server"};
  }
  const Result<std::uint16_t> port = free_port();
  const Result<std::uint16_t> http = free_port();
  if (!port) return port.error();
  if (!http) return http.error();
  std::array<int, 2> out{};
  if (::pipe2(out.data(), O_CLOEXEC) != 0) return Error{ErrorKind::kIo, "pipe: " + reason()};
  std::unique_ptr<OwnServer> server(new OwnServer);
  server->address_ = "127.0.0.1:" + std::to_string(*port);
  server->http_port_ = *http;
  const std::string http_address = "127.0.0.1:" + std::to_string(*http);
  const std::string log = data_folder + ".log";
  std::vector<std::string> words = {program,      "--data",         data_folder,
                                    "--listen",   server->address_, "--http",
                                    http_address, "--shards",       std::to_string(shards)};
  std::vector<char*> arguments;
  for (std::string& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(),
                                   O_CREAT | O_TRUNC | O_WRONLY, 0600);
  const int failed =
      ::posix_spawn(&server->pid_, program.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(out[1]);
  Status ready;
  if (failed != 0) {
    server->pid_ = -1;
    ready = Error{ErrorKind::kIo, program + ": " + std::generic_category().message(failed)};
  } else {
    ready = server->wait_ready(out[0]);
  }
  ::close(out[0]);
  if (!ready) return Error{ready.error().kind, ready.error().message + last_line(log)};
  return server;
}

Status OwnServer::wait_ready(int out) {
  std::string said;
  const auto deadline = std::chrono::steady_clock::now() + kReadyWithin;
  while (said.find("ready") == std::string::npos || said.back() != '\n') {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd readable{.fd = out, .events = POLLIN, .revents = 0};
    std::array<char, 512> bytes{};
    if (left.count() <= 0 || ::poll(&readable, 1, static_cast<int>(left.count())) < 0) {
      return Error{ErrorKind::kUnavailable, "kontord did not become ready within 60 s"};
    }
    if (readable.revents == 0) continue;
    const ssize_t count = ::read(out, bytes.data(), bytes.size());
    if (count <= 0) {
      return Error{ErrorKind::kUnavailable, "kontord ended before it was ready"};
    }
    said.append(bytes.data(), static_cast<std::size_t>(count));
  }
  return {};
}

std::uint64_t cpu_ticks(std::string_view stat) {
  // The second field is a name in parentheses, which may hold anything; behind it come the third to
  // the thirteenth, which are not wanted.
  const std::size_t name_ends = stat.rfind(')');
  if (name_ends == std::string_view::npos) return 0;
  std::istringstream fields(std::string(stat.substr(name_ends + 1)));
  std::string skipped;
  for (int field = 3; field <= 13; ++field)
    fields >> skipped;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  fields >> user >> system;
  return user + system;
}

double metric_sum(std::string_view text, std::string_view name, std::string_view label) {
  double sum = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t value_at = line.rfind(' ');
    if (!line.starts_with(name) || value_at == std::string_view::npos) continue;
    const std::string_view labels = line.substr(name.size(), value_at - name.size());
    if (!labels.empty() && labels.front() != '{') continue;  // a longer name
    if (labels.find(label) == std::string_view::npos) continue;
    sum += std::strtod(std::string(line.substr(value_at + 1)).c_str(), nullptr);
  }
  return sum;
}

// HTTP/1.0: the answer ends with the connection.
Result<std::string> OwnServer::metrics() const {
  const auto failed = [](const char* what) {
    return Error{ErrorKind::kUnavailable, std::string("/metrics of kontord: ") + what};
  };
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed("no socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(http_port_);
  const std::string request =
      "GET /metrics HTTP/1.0\r\nHost: 127.0.0.1:" + std::to_string(http_port_) + "\r\n\r\n";
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string said;
  bool sent = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  sent = sent && ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) == std::ssize(request);
  std::array<char, 16'384> bytes{};
  ssize_t count = 0;
  while (sent && said.size() < kMetricsBytesMax &&
         (count = ::recv(fd, bytes.data(), bytes.size(), 0)) > 0)
    said.append(bytes.data(), static_cast<std::size_t>(count));
  ::close(fd);
  const std::size_t head = said.find("\r\n\r\n");
  const bool done = said.find(" 200 ") < said.find('\r') && head != std::string::npos;
  if (!sent || count < 0) return failed("cannot be asked");
  if (!done) return failed("were not told");
  return said.substr(head + 4);
}

OwnServer::~OwnServer() {
  if (pid_ > 0 && !stop()) pid_ = -1;
}

double OwnServer::cpu_seconds() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
  std::string line;
  std::getline(file, line);
  return static_cast<double>(cpu_ticks(line)) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

Status OwnServer::stop() {
  if (pid_ <= 0) return {};
  ::kill(pid_, SIGTERM);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return Error{ErrorKind::kIo, "kontord did not end cleanly"};
}

}  // namespace kontor::cli
