#include "tests/support/api/proxy.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kontor::test {
namespace {

constexpr std::chrono::seconds kProxyPatience{20};
constexpr int kSoonMs = 2;                     // how long a frame is held for others to pass it
constexpr std::uint64_t kLongFrames = 60;      // what passes before a long held frame goes on
constexpr std::size_t kReadBytes = 64U << 10;  // at a time

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void close_if_open(int& socket) {
  if (socket < 0) return;
  close(socket);
  socket = -1;
}

bool send_all(int socket, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

bool is_hello(const Frame& frame) {
  return frame.header.type == MessageType::kHello || frame.header.type == MessageType::kHelloAnswer;
}

}  // namespace

Proxy::Proxy(const std::string& server, std::uint64_t seed, const Mischief& mischief)
    : server_(server), seed_(seed), mischief_(mischief), wake_(eventfd(0, EFD_CLOEXEC)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(listener_, reinterpret_cast<const sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(listener_, 16), 0);
  EXPECT_EQ(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

Proxy::~Proxy() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  eventfd_write(wake_, 1);
  thread_.join();
  for (Pipe& pipe : pipes_) {
    close_if_open(pipe.client);
    close_if_open(pipe.server);
  }
  close_if_open(listener_);
  close_if_open(wake_);
}

bool Proxy::calm() {
  std::unique_lock lock(mutex_);
  calm_asked_ = true;
  eventfd_write(wake_, 1);
  return changed_.wait_for(lock, kProxyPatience, [this] { return calm_; });
}

MischiefDone Proxy::done() const {
  const std::lock_guard lock(mutex_);
  return done_;
}

// 0 to 999, for this frame alone.
std::uint32_t Proxy::dice(const Pipe& pipe, Way way, std::uint64_t frame) const {
  const auto side = static_cast<std::uint64_t>(way);
  std::seed_seq parts{seed_, pipe.number, side, frame};
  std::array<std::uint32_t, 1> out{};
  parts.generate(out.begin(), out.end());
  return out[0] % 1000;
}

bool Proxy::anything_held(bool short_only) const {
  for (const Pipe& pipe : pipes_) {
    for (const Held& held : pipe.held) {
      if (!short_only || !held.is_long) return true;
    }
  }
  return false;
}

void Proxy::run() {
  while (true) {
    std::vector<pollfd> polled{{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
    std::vector<std::pair<Pipe*, Way>> readers;
    for (Pipe& pipe : pipes_) {
      if (pipe.client >= 0) {
        polled.push_back({pipe.client, POLLIN, 0});
        readers.emplace_back(&pipe, Way::kToServer);
      }
      if (pipe.server >= 0) {
        polled.push_back({pipe.server, POLLIN, 0});
        readers.emplace_back(&pipe, Way::kToClient);
      }
    }
    const int ready = poll(polled.data(), polled.size(), anything_held(true) ? kSoonMs : -1);
    {
      const std::lock_guard lock(mutex_);
      if (ending_) return;
    }
    for (std::size_t i = 0; i < readers.size(); ++i) {
      if (polled[i + 2].revents != 0) read_from(*readers[i].first, readers[i].second);
    }
    if (polled[1].revents != 0) accept_one();
    if (polled[0].revents != 0) {
      eventfd_t count = 0;
      eventfd_read(wake_, &count);
    }
    release(ready == 0);
    drop_finished();
  }
}

void Proxy::accept_one() {
  const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (client < 0) return;
  const int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto port = static_cast<std::uint16_t>(std::stoi(server_.substr(server_.rfind(':') + 1)));
  const sockaddr_in address = loopback(port);
  if (connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(client);
    close(server);
    return;
  }
  const int on = 1;
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  Pipe& pipe = pipes_.emplace_back();
  pipe.number = connections_++;
  pipe.client = client;
  pipe.server = server;
}

void Proxy::read_from(Pipe& pipe, Way way) {
  int& from = way == Way::kToServer ? pipe.client : pipe.server;
  if (from < 0) return;  // cut while others were read
  FrameReader& reader = way == Way::kToServer ? pipe.from_client : pipe.from_server;
  const FrameReader::Space space = reader.space();
  const std::span<std::byte> room = space.first.empty() ? space.second : space.first;
  const ssize_t got = recv(from, room.data(), std::min(room.size(), kReadBytes), 0);
  if (got <= 0) {
    if (way == Way::kToClient) pipe.held.clear();  // nobody is there for it any more
    return cut(pipe);
  }
  reader.take(static_cast<std::size_t>(got));
  Frame frame;
  while (from >= 0 && reader.next(frame))
    take(pipe, way, frame);
  EXPECT_EQ(reader.fault(), FrameFault::kNone);
}

void Proxy::take(Pipe& pipe, Way way, const Frame& frame) {
  AlignedBuffer bytes = make_frame(frame.header, frame.body.bytes());
  std::uint64_t& count = way == Way::kToServer ? pipe.frames_to_server : pipe.frames_to_client;
  const std::uint32_t thrown = dice(pipe, way, count++);
  std::unique_lock lock(mutex_);
  ++done_.frames;
  if (is_hello(frame) || calm_asked_) {
    lock.unlock();
    return pass(pipe, way, bytes);
  }
  std::uint32_t below = mischief_.cut;
  if (thrown < below) {
    lock.unlock();
    return cut(pipe);
  }
  if (thrown < (below += mischief_.cut_inside)) {
    lock.unlock();
    bytes.resize(bytes.size() / 2);
    pass(pipe, way, bytes);
    return cut(pipe);
  }
  if (thrown < (below += mischief_.hold)) {
    ++done_.held;
    pipe.held.push_back({std::move(bytes), way, passed_ + 1 + thrown % 5, false});
    return;
  }
  if (thrown < (below += mischief_.hold_long)) {
    ++done_.held_long;
    pipe.held.push_back({std::move(bytes), way, passed_ + kLongFrames, true});
    return;
  }
  const bool twice = thrown < below + mischief_.twice;
  if (twice) ++done_.twice;
  lock.unlock();
  pass(pipe, way, bytes);
  if (twice) pass(pipe, way, bytes);
}

void Proxy::pass(Pipe& pipe, Way way, const AlignedBuffer& bytes) {
  ++passed_;
  const int to = way == Way::kToServer ? pipe.server : pipe.client;
  if (to < 0) return;
  if (way == Way::kToServer && pipe.client < 0) {
    const std::lock_guard lock(mutex_);
    ++done_.late;
  }
  if (!send_all(to, bytes.bytes())) cut(pipe);
}

// The client's side ends. The server's goes on while frames to it are held for long.
void Proxy::cut(Pipe& pipe) {
  if (pipe.client >= 0) {
    const std::lock_guard lock(mutex_);
    ++done_.cuts;
  }
  close_if_open(pipe.client);
  std::erase_if(pipe.held,
                [](const Held& held) { return !held.is_long || held.way == Way::kToClient; });
  if (pipe.held.empty()) close_if_open(pipe.server);
}

// Lets go what was held long enough; idle: nothing else came in the meantime.
void Proxy::release(bool idle) {
  bool all = false;
  {
    const std::lock_guard lock(mutex_);
    all = calm_asked_;
  }
  for (Pipe& pipe : pipes_) {
    std::vector<Held> due;
    for (auto held = pipe.held.begin(); held != pipe.held.end();) {
      const bool now = all || passed_ >= held->until || (idle && !held->is_long);
      if (now) due.push_back(std::move(*held));
      held = now ? pipe.held.erase(held) : std::next(held);
    }
    for (const Held& held : due)
      pass(pipe, held.way, held.bytes);
  }
  if (!all) return;
  const std::lock_guard lock(mutex_);
  calm_ = true;
  changed_.notify_all();
}

// Of a connection without a client nobody reads the answers: its server side ends when nothing is
// held for it and the server has taken what was sent, which its closing of it says.
void Proxy::drop_finished() {
  for (Pipe& pipe : pipes_) {
    if (pipe.client < 0 && pipe.held.empty() && pipe.server >= 0) {
      shutdown(pipe.server, SHUT_WR);
    }
  }
  pipes_.remove_if([](const Pipe& pipe) { return pipe.client < 0 && pipe.server < 0; });
}

}  // namespace kontor::test
