// Link: one connection of a client, from the name of the server to frames. It connects, says hello,
// reads frames and writes what it is given; it knows nothing of commands. Heavy (asio): for .cc
// files.
//
// Lives on the client's I/O thread. After on_lost it can be opened again.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/client/client.h"
#include "api/frame.h"

namespace kontor {

class LinkOwner {
 public:
  virtual ~LinkOwner() = default;
  virtual void on_ready(const ServerInfo& server) = 0;  // connected, hello answered
  virtual void on_frame(const Frame& frame) = 0;
  virtual void on_frames_read() = 0;  // after the last frame of one read
  virtual void on_written() = 0;
  virtual void on_lost(const std::string& why) = 0;  // connecting failed, or the connection ended
};

class Link {
 public:
  Link(boost::asio::io_context& io, LinkOwner& owner, const ClientOptions& options);

  void open();
  // Writes the buffers, which stay valid until on_written or on_lost. One write at a time.
  void write(const std::vector<boost::asio::const_buffer>& buffers);
  void lose(const std::string& why);  // ends the connection and tells the owner
  void close();                       // ends it silently

  bool ready() const { return state_ == State::kReady; }
  bool idle() const { return state_ == State::kIdle; }
  bool writing() const { return writing_; }

 private:
  enum class State { kIdle, kConnecting, kReady };
  using ErrorCode = boost::system::error_code;

  void connect(const boost::asio::ip::tcp::resolver::results_type& endpoints);
  void say_hello();
  void read();
  void on_read(std::size_t bytes);
  void take(const Frame& frame);
  void drop();

  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timeout_;
  LinkOwner& owner_;
  const ClientOptions& options_;
  FrameReader reader_;
  AlignedBuffer hello_;
  State state_ = State::kIdle;
  std::uint64_t attempt_ = 0;  // completions of an earlier attempt are none of this one's
  bool writing_ = false;
};

// Reads a HelloAnswer. False: these bytes are none.
bool read_hello_answer(std::span<const std::byte> body, ServerInfo& out);
// Reads an ErrorAnswer; nothing of it is believed when the bytes are none.
struct ErrorSaid {
  StatusCode status = StatusCode::kMalformed;
  std::string message;
  std::uint32_t retry_after_ms = 0;
};
ErrorSaid read_error_answer(std::span<const std::byte> body);
AlignedBuffer resolve_body(const std::vector<std::string>& ids, Sequence since);
AlignedBuffer hello_frame(std::uint64_t request, std::string_view client);

}  // namespace kontor
