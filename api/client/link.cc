#include "api/client/link.h"

#include <array>

#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>

#include "wire_generated.h"

#include "api/wire.h"
#include "events/base/assert.h"
#include "events/base/limits.h"

namespace kontor {
namespace {

using boost::asio::ip::tcp;

constexpr std::uint64_t kHelloRequest = 0;  // those of commands and questions count from 1
constexpr std::size_t kBooksTables = limits::kBooksMax + 16;

std::string text(const flatbuffers::String* value) {
  return value == nullptr ? std::string{} : value->str();
}

}  // namespace

AlignedBuffer hello_frame(std::uint64_t request, std::string_view client) {
  flatbuffers::FlatBufferBuilder builder(128);
  const auto name = builder.CreateString(client.data(), client.size());
  builder.Finish(wire::CreateHello(builder, kProtocolVersion, kProtocolVersion, name));
  FrameHeader header;
  header.type = MessageType::kHello;
  header.request = request;
  return make_frame(header, finished_bytes(builder));
}

AlignedBuffer resolve_body(const std::vector<std::string>& ids, Sequence since) {
  flatbuffers::FlatBufferBuilder builder(256);
  const auto ids_at = builder.CreateVectorOfStrings(ids);
  builder.Finish(wire::CreateResolveRequest(builder, ids_at, since.value()));
  return AlignedBuffer(finished_bytes(builder));
}

bool read_hello_answer(std::span<const std::byte> body, ServerInfo& out) {
  const auto* const answer =
      verified_root<wire::HelloAnswer>(body, {.depth = 4, .tables = kBooksTables});
  if (answer == nullptr || answer->limits() == nullptr) return false;
  out = {};
  out.protocol = answer->protocol();
  out.server = text(answer->server());
  out.principal = text(answer->principal());
  out.frame_bytes = answer->limits()->frame_bytes();
  out.frame_commands = answer->limits()->frame_commands();
  out.command_bytes = answer->limits()->command_bytes();
  if (answer->books() == nullptr) return true;
  for (const wire::Book* book : *answer->books()) {
    out.books.push_back({BookNumber{book->number()}, text(book->name()), book->currency(),
                         Sequence{book->position()}, book->outcomes_kept()});
  }
  return true;
}

ErrorSaid read_error_answer(std::span<const std::byte> body) {
  const auto* const answer = verified_root<wire::ErrorAnswer>(body, {});
  if (answer == nullptr) return {StatusCode::kMalformed, "an error that cannot be read", 0};
  return {static_cast<StatusCode>(answer->status()), text(answer->message()),
          answer->retry_after_ms()};
}

Link::Link(boost::asio::io_context& io, LinkOwner& owner, const ClientOptions& options)
    : resolver_(io),
      socket_(io),
      timeout_(io),
      owner_(owner),
      options_(options),
      reader_(limits::kFrameBytesMax + (1U << 20)) {
}

void Link::open() {
  KONTOR_ASSERT(idle());
  state_ = State::kConnecting;
  const std::uint64_t attempt = ++attempt_;
  timeout_.expires_after(options_.connect_timeout);
  timeout_.async_wait([this, attempt](const ErrorCode& error) {
    if (!error && attempt == attempt_ && !ready()) lose("no answer to the hello in time");
  });
  resolver_.async_resolve(
      options_.host, options_.port,
      [this, attempt](const ErrorCode& error, const tcp::resolver::results_type& endpoints) {
        if (attempt != attempt_) return;
        if (error) return lose("cannot find " + options_.host + ": " + error.message());
        connect(endpoints);
      });
}

void Link::connect(const tcp::resolver::results_type& endpoints) {
  boost::asio::async_connect(
      socket_, endpoints, [this, attempt = attempt_](const ErrorCode& error, const tcp::endpoint&) {
        if (attempt != attempt_) return;
        if (error) {
          return lose("cannot connect to " + options_.host + ":" + options_.port + ": " +
                      error.message());
        }
        say_hello();
      });
}

void Link::say_hello() {
  ErrorCode ignored;  // without it answers are only later
  socket_.set_option(tcp::no_delay(true), ignored);
  reader_ = FrameReader(limits::kFrameBytesMax + (1U << 20));
  hello_ = hello_frame(kHelloRequest, options_.name);
  boost::asio::async_write(socket_, boost::asio::buffer(hello_.data(), hello_.size()),
                           [this, attempt = attempt_](const ErrorCode& error, std::size_t) {
                             if (attempt == attempt_ && error) lose(error.message());
                           });
  read();
}

void Link::read() {
  const FrameReader::Space space = reader_.space();
  const std::array<boost::asio::mutable_buffer, 2> buffers{
      boost::asio::buffer(space.first.data(), space.first.size()),
      boost::asio::buffer(space.second.data(), space.second.size())};
  socket_.async_read_some(buffers,
                          [this, attempt = attempt_](const ErrorCode& error, std::size_t bytes) {
                            if (attempt != attempt_) return;
                            if (error) return lose("the connection ended: " + error.message());
                            on_read(bytes);
                          });
}

void Link::on_read(std::size_t bytes) {
  const std::uint64_t attempt = attempt_;
  reader_.take(bytes);
  Frame frame;
  while (attempt == attempt_ && reader_.next(frame))
    take(frame);
  if (attempt != attempt_) return;
  if (reader_.fault() != FrameFault::kNone) {
    return lose(std::string(frame_fault_text(reader_.fault())));
  }
  owner_.on_frames_read();
  if (attempt == attempt_) read();
}

void Link::take(const Frame& frame) {
  const bool closes = (frame.header.flags & kFlagCloses) != 0;
  const bool error = frame.header.type == MessageType::kErrorAnswer;
  if (error && frame.header.request == kHelloRequest) {
    return lose(read_error_answer(frame.body.bytes()).message);
  }
  if (ready()) owner_.on_frame(frame);
  if (closes) return lose("the server ended the connection");
  if (ready()) return;
  ServerInfo server;
  if (frame.header.type != MessageType::kHelloAnswer ||
      !read_hello_answer(frame.body.bytes(), server)) {
    return lose("the answer to the hello is none");
  }
  state_ = State::kReady;
  timeout_.cancel();
  owner_.on_ready(server);
}

void Link::write(const std::vector<boost::asio::const_buffer>& buffers) {
  KONTOR_ASSERT(ready());
  KONTOR_ASSERT(!writing_);
  writing_ = true;
  boost::asio::async_write(socket_, buffers,
                           [this, attempt = attempt_](const ErrorCode& error, std::size_t) {
                             if (attempt != attempt_) return;
                             if (error) return lose("writing failed: " + error.message());
                             writing_ = false;
                             owner_.on_written();
                           });
}

void Link::drop() {
  ++attempt_;
  state_ = State::kIdle;
  writing_ = false;
  resolver_.cancel();
  timeout_.cancel();
  ErrorCode ignored;  // it is over either way
  socket_.close(ignored);
}

void Link::lose(const std::string& why) {
  if (idle()) return;
  drop();
  owner_.on_lost(why);
}

void Link::close() {
  if (!idle()) drop();
}

}  // namespace kontor
