// Frames: what goes over a connection, apart from any socket. Grammar in api/PROTOCOL.md.
//
//   stream := frame*
//   frame  := FrameHeader body          (64 bytes, then body_bytes of FlatBuffers)
//
// All integers little-endian. Nothing here owns a thread; a FrameReader belongs to one connection.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "events/log/page.h"

namespace kontor {

inline constexpr std::uint32_t kFrameMagic = 0x4652544B;  // "KTRF"
inline constexpr std::uint16_t kProtocolVersion = 1;

// Permanent numbers: a request is even, its answer the number after it.
enum class MessageType : std::uint16_t {
  kErrorAnswer = 1,  // to any request
  kHello = 2,
  kHelloAnswer = 3,
  kSubmit = 4,
  kSubmitAnswer = 5,
  kQuery = 6,
  kQueryAnswer = 7,
  kHealth = 8,
  kHealthAnswer = 9,
  kResolve = 10,
  kResolveAnswer = 11,
  kSubscribe = 12,
  kSubscribeAnswer = 13,  // many to one request
  kGrant = 14,            // has no answer of its own
  kCancel = 16,           // answered by the subscription's end
};

enum FrameFlags : std::uint16_t {
  kFlagInOrder = 1,  // of a submit: not started if an earlier one of this connection was not
  kFlagResume = 2,   // of a submit: begin again after some were not started
  kFlagCloses = 4,   // of an error: the connection ends after this frame
};

struct FrameHeader {
  std::uint32_t magic = kFrameMagic;
  std::uint16_t protocol = kProtocolVersion;
  MessageType type = MessageType::kErrorAnswer;
  std::uint16_t flags = 0;
  std::uint16_t header_bytes = 64;
  std::uint32_t body_bytes = 0;
  std::uint64_t request = 0;  // chosen by the caller, unique among its unanswered; echoed
  std::uint32_t book = 0;
  std::uint32_t deadline_ms = 0;  // left when it was sent; 0: none
  std::uint32_t body_crc = 0;     // CRC32C of the body
  std::uint32_t header_crc = 0;   // CRC32C of the header with this field zero
  std::array<std::uint8_t, 24> spare{};
};
static_assert(sizeof(FrameHeader) == 64);

using HeaderBytes = std::array<std::byte, sizeof(FrameHeader)>;

// The header's bytes for this body, sizes and checksums filled in.
HeaderBytes seal_frame(FrameHeader header, std::span<const std::byte> body);

// The same where sizes and checksum of the body are already in `header`.
HeaderBytes seal_header(FrameHeader header);

// Header and body in one piece, ready to be written.
AlignedBuffer make_frame(const FrameHeader& header, std::span<const std::byte> body);

// Why a stream of bytes is not one of frames. After any of these its end cannot be found.
enum class FrameFault : std::uint8_t {
  kNone,
  kMagic,
  kHeaderChecksum,
  kProtocol,  // a version of the header that we do not speak
  kTooLarge,
  kBodyChecksum,
};
std::string_view frame_fault_text(FrameFault fault);  // for people; static

struct Frame {
  FrameHeader header;
  AlignedBuffer body;  // 64-aligned, as FlatBuffers read in place need it
};

// Makes frames of bytes as they arrive, however they are split. Small frames are copied out of a
// small buffer that takes many at once; what of a body is not there yet is read into its place.
class FrameReader {
 public:
  explicit FrameReader(std::size_t body_bytes_max);

  // Where the next bytes are to be put: first, then second. Valid until take or next. Never both
  // empty while next has returned false without a fault.
  struct Space {
    std::span<std::byte> first;
    std::span<std::byte> second;
  };
  Space space();
  void take(std::size_t bytes);  // that many were put there

  // Moves the next whole frame out. False: more bytes are needed, or fault() says why never.
  bool next(Frame& out);

  FrameFault fault() const { return fault_; }
  // The request to answer with a fault: 0 where the header itself cannot be believed.
  std::uint64_t answerable_request() const;
  bool empty() const { return !in_body_ && begin_ == end_; }  // between two frames

 private:
  bool read_header();
  void fill_body();

  static constexpr std::size_t kScratchBytes = 16U << 10;

  std::size_t body_bytes_max_;
  AlignedBuffer scratch_;
  std::size_t begin_ = 0;  // of the bytes in scratch_ not yet looked at
  std::size_t end_ = 0;
  FrameHeader header_;
  AlignedBuffer body_;
  std::size_t body_filled_ = 0;
  bool in_body_ = false;
  FrameFault fault_ = FrameFault::kNone;
};

}  // namespace kontor
