// Peer: a caller that says on a connection exactly what a test wants said, well-formed or not.
// Blocking, with a deadline on every read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/frame.h"
#include "engine/status.h"

namespace kontor::test {

struct RawCommand {
  std::string id;
  std::uint16_t kind = 0;
  std::vector<std::byte> body;
  std::uint8_t version = 1;
  std::string actor = {};
  std::int32_t effective_date = INT32_MIN;
  bool aligned = true;
};

// A finished SubmitRequest.
AlignedBuffer submit_body(const std::vector<RawCommand>& commands);

class Peer {
 public:
  explicit Peer(const std::string& address);  // HOST:PORT
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void send_bytes(std::span<const std::byte> bytes);
  void send(MessageType type, std::uint64_t request, const AlignedBuffer& body,
            std::uint16_t flags = 0, std::uint32_t book = 1);
  void hello();  // says it and takes the answer
  void submit(std::uint64_t request, const std::vector<RawCommand>& commands,
              std::uint16_t flags = 0, std::uint32_t book = 1);
  void end_sending();
  bool connected() const { return socket_ >= 0; }

  // The next frame; nothing when the connection ended or the test's patience did.
  std::optional<Frame> receive();
  bool ended();  // the peer closed, and nothing more is to be read

 private:
  int socket_ = -1;
  FrameReader reader_{8U << 20};
};

struct SaidError {
  StatusCode status = StatusCode::kDone;
  std::string message;
  std::uint32_t retry_after_ms = 0;
  bool closes = false;
};
SaidError error_of(const Frame& frame);

// The statuses of a SubmitAnswer.
std::vector<StatusCode> statuses_of(const Frame& frame);

}  // namespace kontor::test
