// Proxy: a bad network between a client and a server, at seeded places. It takes frames apart and
// passes them on, and now and then cuts the connection (also inside a frame), holds a frame back
// until later ones have passed, delivers it long after its sender is gone, or says it twice.
//
// What happens to the n-th frame of a connection is decided by seed, connection, direction and n
// alone, so that a run does the same whatever its speed. Hellos always pass.
//
// One thread of its own, with plain sockets.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <list>
#include <mutex>
#include <string>
#include <thread>

#include "api/frame.h"

namespace kontor::test {

// How many of 1,000 frames meet with what.
struct Mischief {
  std::uint32_t cut = 0;         // the connection ends instead of it
  std::uint32_t cut_inside = 0;  // the connection ends in its middle
  std::uint32_t hold = 0;        // some later ones pass first, if any come soon
  std::uint32_t hold_long = 0;   // until many have passed, or calm(); a cut does not drop it
  std::uint32_t twice = 0;
};

struct MischiefDone {
  std::uint64_t frames = 0;
  std::uint64_t cuts = 0;
  std::uint64_t held = 0;
  std::uint64_t held_long = 0;
  std::uint64_t late = 0;  // reached the server after its connection to the client had ended
  std::uint64_t twice = 0;
};

class Proxy {
 public:
  Proxy(const std::string& server, std::uint64_t seed, const Mischief& mischief);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  // From here on everything passes, and what was held goes first. False: not within the patience.
  bool calm();
  MischiefDone done() const;

 private:
  enum class Way { kToServer, kToClient };
  struct Held {
    AlignedBuffer bytes;
    Way way = Way::kToServer;
    std::uint64_t until = 0;  // frames passed by the whole proxy
    bool is_long = false;
  };
  struct Pipe {
    std::uint64_t number = 0;
    int client = -1;
    int server = -1;
    FrameReader from_client{8U << 20};
    FrameReader from_server{8U << 20};
    std::uint64_t frames_to_server = 0;
    std::uint64_t frames_to_client = 0;
    std::list<Held> held;
  };

  void run();
  void accept_one();
  void read_from(Pipe& pipe, Way way);
  void take(Pipe& pipe, Way way, const Frame& frame);
  void pass(Pipe& pipe, Way way, const AlignedBuffer& bytes);
  void cut(Pipe& pipe);
  void release(bool idle);
  void drop_finished();
  bool anything_held(bool short_only) const;
  std::uint32_t dice(const Pipe& pipe, Way way, std::uint64_t frame) const;

  const std::string server_;
  const std::uint64_t seed_;
  const Mischief mischief_;
  int listener_ = -1;
  int wake_ = -1;  // eventfd
  std::uint16_t port_ = 0;
  std::list<Pipe> pipes_;
  std::uint64_t connections_ = 0;
  std::uint64_t passed_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  MischiefDone done_;        // guarded
  bool calm_asked_ = false;  // guarded
  bool calm_ = false;        // guarded
  bool ending_ = false;      // guarded
  std::thread thread_;
};

}  // namespace kontor::test
