#include "tests/api/peer.h"

#include <array>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "wire_generated.h"

#include "api/address.h"
#include "api/client/answers.h"
#include "api/client/client.h"
#include "api/wire.h"
#include "tests/api/fake_engine.h"

namespace kontor::test {

AlignedBuffer submit_body(const std::vector<RawCommand>& commands) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<wire::WireCommand>> offsets;
  for (const RawCommand& command : commands) {
    if (command.aligned) builder.ForceVectorAlignment(command.body.size(), 1, 8);
    const auto body = builder.CreateVector(
        reinterpret_cast<const std::uint8_t*>(command.body.data()), command.body.size());
    const auto id = builder.CreateString(command.id);
    const auto actor = builder.CreateString(command.actor);
    wire::WireCommandBuilder out(builder);
    out.add_id(id);
    out.add_body(body);
    out.add_actor(actor);
    out.add_kind(command.kind);
    out.add_version(command.version);
    out.add_effective_date(command.effective_date);
    offsets.push_back(out.Finish());
  }
  builder.Finish(wire::CreateSubmitRequest(builder, builder.CreateVector(offsets)));
  return AlignedBuffer(finished_bytes(builder));
}

Peer::Peer(const std::string& address) {
  const auto parsed = parse_host_port(address, {});
  EXPECT_TRUE(parsed.ok());
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(parsed.value().port)));
  EXPECT_EQ(inet_pton(AF_INET, parsed.value().host.c_str(), &to.sin_addr), 1);
  const timeval patience{kPatience.count(), 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  EXPECT_EQ(connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
}

Peer::~Peer() {
  close(socket_);
}

void Peer::send_bytes(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server closed; the test sees it when it reads
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
}

void Peer::send(MessageType type, std::uint64_t request, const AlignedBuffer& body,
                std::uint16_t flags, std::uint32_t book) {
  FrameHeader header;
  header.type = type;
  header.request = request;
  header.flags = flags;
  header.book = book;
  send_bytes(make_frame(header, body.bytes()).bytes());
}

void Peer::hello() {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(wire::CreateHello(builder));
  send(MessageType::kHello, 0, AlignedBuffer(finished_bytes(builder)));
  const std::optional<Frame> answer = receive();
  ASSERT_TRUE(answer.has_value());
  ASSERT_EQ(answer->header.type, MessageType::kHelloAnswer);
}

void Peer::submit(std::uint64_t request, const std::vector<RawCommand>& commands,
                  std::uint16_t flags, std::uint32_t book) {
  send(MessageType::kSubmit, request, submit_body(commands), flags, book);
}

void Peer::end_sending() {
  shutdown(socket_, SHUT_WR);
}

std::optional<Frame> Peer::receive() {
  Frame frame;
  while (!reader_.next(frame)) {
    if (reader_.fault() != FrameFault::kNone) return std::nullopt;
    const FrameReader::Space space = reader_.space();
    const std::span<std::byte> room = space.first.empty() ? space.second : space.first;
    const ssize_t got = recv(socket_, room.data(), room.size(), 0);
    if (got <= 0) return std::nullopt;
    reader_.take(static_cast<std::size_t>(got));
  }
  return frame;
}

bool Peer::ended() {
  std::byte byte{};
  return recv(socket_, &byte, 1, 0) == 0;
}

SaidError error_of(const Frame& frame) {
  EXPECT_EQ(frame.header.type, MessageType::kErrorAnswer);
  const auto* const error = verified_root<wire::ErrorAnswer>(frame.body.bytes(), {});
  if (error == nullptr) {
    ADD_FAILURE() << "no ErrorAnswer";
    return {};
  }
  return {static_cast<StatusCode>(error->status()), error->message()->str(),
          error->retry_after_ms(), (frame.header.flags & kFlagCloses) != 0};
}

std::vector<StatusCode> statuses_of(const Frame& frame) {
  EXPECT_EQ(frame.header.type, MessageType::kSubmitAnswer);
  const auto* const answer =
      verified_root<wire::SubmitAnswer>(frame.body.bytes(), {.depth = 6, .tables = 100'000});
  std::vector<StatusCode> statuses;
  if (answer == nullptr) {
    ADD_FAILURE() << "no SubmitAnswer";
    return statuses;
  }
  for (const wire::AnswerLine* line : *answer->answers()) {
    statuses.push_back(static_cast<StatusCode>(line->status()));
  }
  return statuses;
}

}  // namespace kontor::test
