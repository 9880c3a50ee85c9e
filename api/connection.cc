#include "api/connection.h"

#include <boost/asio/write.hpp>

namespace kontor {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr std::size_t kGatherFramesMax = 64;  // what one writev of asio takes
constexpr std::size_t kGatherBytesMax = 1U << 20;
constexpr std::size_t kDiscardBytes = 4U << 10;
constexpr std::chrono::seconds kLingerTime{2};

}  // namespace

Connection::Connection(tcp::socket socket, SessionContext& context, const ServerOptions& options,
                       std::uint64_t id)
    : socket_(std::move(socket)),
      context_(context),
      options_(options),
      id_(id),
      session_(context, id),
      reader_(options.frame_bytes_max),
      opened_(Clock::now()),
      last_read_(opened_),
      last_written_(opened_) {
}

void Connection::start(OnClosed on_closed) {
  on_closed_ = std::move(on_closed);
  error_code ignored;  // without it answers are only later
  socket_.set_option(tcp::no_delay(true), ignored);
  read();
}

bool Connection::within_bounds() const {
  return session_.unanswered_bytes() < options_.unanswered_bytes_max &&
         session_.unanswered() < options_.unanswered_max;
}

bool Connection::may_read() const {
  return !reading_ && !closed_ && !ended_ && !session_.closing() && within_bounds();
}

// The frames that are there, as far as the bounds allow; flush goes on with the rest.
void Connection::take_frames() {
  Frame frame;
  while (!session_.closing() && within_bounds() && reader_.next(frame)) {
    session_.on_frame(std::move(frame));
  }
  if (!session_.closing() && reader_.fault() != FrameFault::kNone) {
    session_.on_fault(reader_.fault(), reader_.answerable_request());
  }
}

void Connection::read() {
  const FrameReader::Space space = reader_.space();
  const std::array<boost::asio::mutable_buffer, 2> buffers{
      boost::asio::buffer(space.first.data(), space.first.size()),
      boost::asio::buffer(space.second.data(), space.second.size())};
  reading_ = true;
  socket_.async_read_some(buffers,
                          [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                            self->on_read(error, bytes);
                          });
}

void Connection::on_read(const error_code& error, std::size_t bytes) {
  reading_ = false;
  if (closed_) return;
  if (error) {
    ended_ = true;
    if (error != boost::asio::error::eof) return close();
    return flush();
  }
  context_.counters.bytes_in.fetch_add(bytes, kRelaxed);
  last_read_ = Clock::now();
  reader_.take(bytes);
  take_frames();
  flush();
}

void Connection::flush() {
  if (closed_) return;
  if (!reading_) take_frames();  // what the bounds had left
  session_.pump_feeds();
  if (!writing_ && !session_.outgoing().empty()) write();
  if (may_read()) read();
  if (writing_ || !session_.outgoing().empty()) return;
  if (session_.closing()) return linger();
  if (ended_ && session_.unanswered() == 0) close();
}

// Closing with unread bytes would reset the connection and take the last answer with it: say that
// nothing more comes, and read on for a moment into nowhere.
void Connection::linger() {
  if (!lingering_) {
    lingering_ = true;
    lingering_since_ = Clock::now();
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
  }
  if (ended_) return close();
  if (reading_) return;
  reading_ = true;
  discarded_.resize(kDiscardBytes);
  socket_.async_read_some(boost::asio::buffer(discarded_.data(), discarded_.size()),
                          [self = shared_from_this()](const error_code& error, std::size_t) {
                            self->reading_ = false;
                            if (error) return self->close();
                            if (!self->closed_) self->linger();
                          });
}

void Connection::write() {
  writing_frames_.clear();
  gather_.clear();
  std::size_t bytes = 0;
  auto& outgoing = session_.outgoing();
  while (!outgoing.empty() && gather_.size() < kGatherFramesMax && bytes < kGatherBytesMax) {
    writing_frames_.push_back(std::move(outgoing.front()));
    outgoing.pop_front();
    const AlignedBuffer& frame = writing_frames_.back();
    gather_.push_back(boost::asio::buffer(frame.data(), frame.size()));
    bytes += frame.size();
  }
  writing_ = true;
  last_written_ = Clock::now();
  boost::asio::async_write(
      socket_, gather_, [self = shared_from_this()](const error_code& error, std::size_t written) {
        self->on_write(error, written);
      });
}

void Connection::on_write(const error_code& error, std::size_t bytes) {
  writing_ = false;
  if (closed_) return;
  if (error) return close();
  context_.counters.bytes_out.fetch_add(bytes, kRelaxed);
  session_.on_written(bytes);
  flush();
}

void Connection::end_feeds() {
  session_.end_feeds();
  flush();
}

void Connection::check_deadlines(Clock::time_point now) {
  if (session_.has_feeds()) {
    session_.tick_feeds(now);
    flush();
  }
  const bool silent = !session_.greeted() && now - opened_ > options_.hello_timeout;
  const bool idle_long = idle() && !session_.has_feeds() &&
                         now - std::max(last_read_, last_written_) > options_.idle_timeout;
  const bool stuck = writing_ && now - last_written_ > options_.write_timeout;
  if (lingering_ && now - lingering_since_ > kLingerTime) return close();
  if (!silent && !idle_long && !stuck) return;
  context_.counters.timeouts.fetch_add(1, kRelaxed);
  close();
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  error_code ignored;  // it is over either way
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  on_closed_(id_);
}

}  // namespace kontor
