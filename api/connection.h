// Connection: one socket of the server with its Session. Heavy (asio): for .cc files.
//
// At most one read and one write are under way; a write gathers what is waiting. Reading pauses
// while too much is unanswered. Lives on the I/O thread; kept alive by its own pending operations.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "api/server.h"
#include "api/session.h"

namespace kontor {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Clock = std::chrono::steady_clock;
  using OnClosed = std::function<void(std::uint64_t id)>;

  Connection(boost::asio::ip::tcp::socket socket, SessionContext& context,
             const ServerOptions& options, std::uint64_t id);

  void start(OnClosed on_closed);
  void on_finished(Finished finished) { session_.on_finished(std::move(finished)); }
  void flush();  // writes what waits, reads on if it may, ends if it is over
  void check_deadlines(Clock::time_point now);
  void on_durable() {
    if (session_.has_feeds()) flush();
  }
  void end_feeds();
  void close();

  // Nothing taken is unanswered or unwritten.
  bool idle() const { return session_.unanswered() == 0 && !writing_ && session_.outgoing_empty(); }

 private:
  void read();
  void on_read(const boost::system::error_code& error, std::size_t bytes);
  void write();
  void on_write(const boost::system::error_code& error, std::size_t bytes);
  bool within_bounds() const;
  bool may_read() const;
  void take_frames();
  void linger();

  boost::asio::ip::tcp::socket socket_;
  SessionContext& context_;
  const ServerOptions& options_;
  std::uint64_t id_;
  Session session_;
  FrameReader reader_;
  OnClosed on_closed_;
  std::vector<AlignedBuffer> writing_frames_;
  std::vector<boost::asio::const_buffer> gather_;
  Clock::time_point opened_;
  Clock::time_point last_read_;
  Clock::time_point last_written_;
  bool reading_ = false;
  bool writing_ = false;
  bool ended_ = false;  // the peer will send no more
  bool closed_ = false;
  bool lingering_ = false;
  Clock::time_point lingering_since_;
  AlignedBuffer discarded_;
};

}  // namespace kontor
