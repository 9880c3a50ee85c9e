#include "api/frame.h"

#include <algorithm>
#include <cstring>

#include "events/base/assert.h"

namespace kontor {

HeaderBytes seal_header(FrameHeader header) {
  header.header_crc = 0;
  HeaderBytes bytes;
  std::memcpy(bytes.data(), &header, sizeof header);
  header.header_crc = crc32c(bytes);
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

HeaderBytes seal_frame(FrameHeader header, std::span<const std::byte> body) {
  header.body_bytes = static_cast<std::uint32_t>(body.size());
  header.body_crc = crc32c(body);
  return seal_header(header);
}

AlignedBuffer make_frame(const FrameHeader& header, std::span<const std::byte> body) {
  AlignedBuffer frame;
  frame.reserve(sizeof(FrameHeader) + body.size());
  frame.append(seal_frame(header, body));
  frame.append(body);
  return frame;
}

std::string_view frame_fault_text(FrameFault fault) {
  switch (fault) {
    case FrameFault::kNone:
      return "no fault";
    case FrameFault::kMagic:
      return "these bytes are not a Kontor frame; is this the right port?";
    case FrameFault::kHeaderChecksum:
      return "the frame header's checksum does not match; the bytes were damaged on the way";
    case FrameFault::kProtocol:
      return "this protocol version is not spoken here; use a matching client";
    case FrameFault::kTooLarge:
      return "the frame is larger than the limit told in the hello; send less at once";
    case FrameFault::kBodyChecksum:
      return "the frame body's checksum does not match; the bytes were damaged on the way";
  }
  return "unknown fault";
}

FrameReader::FrameReader(std::size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {
  scratch_.resize(kScratchBytes);
}

FrameReader::Space FrameReader::space() {
  if (in_body_ && body_filled_ < body_.size()) {
    KONTOR_ASSERT(begin_ == end_);  // next has moved all there was into the body
    begin_ = end_ = 0;
    return {{body_.data() + body_filled_, body_.size() - body_filled_},
            {scratch_.data(), kScratchBytes}};
  }
  if (begin_ > 0) {
    std::memmove(scratch_.data(), scratch_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  return {{scratch_.data() + end_, kScratchBytes - end_}, {}};
}

void FrameReader::take(std::size_t bytes) {
  if (in_body_) {
    const std::size_t part = std::min(bytes, body_.size() - body_filled_);
    body_filled_ += part;
    bytes -= part;
  }
  KONTOR_ASSERT(bytes <= kScratchBytes - end_);
  end_ += bytes;
}

bool FrameReader::read_header() {
  if (end_ - begin_ < sizeof header_.magic) return false;
  std::memcpy(&header_.magic, scratch_.data() + begin_, sizeof header_.magic);
  if (header_.magic != kFrameMagic) {
    fault_ = FrameFault::kMagic;
    return false;
  }
  if (end_ - begin_ < sizeof(FrameHeader)) return false;
  std::memcpy(&header_, scratch_.data() + begin_, sizeof header_);
  FrameHeader unsealed = header_;
  unsealed.header_crc = 0;
  HeaderBytes bytes;
  std::memcpy(bytes.data(), &unsealed, sizeof unsealed);
  if (crc32c(bytes) != header_.header_crc) {
    fault_ = FrameFault::kHeaderChecksum;
    return false;
  }
  if (header_.protocol != kProtocolVersion || header_.header_bytes != sizeof(FrameHeader)) {
    fault_ = FrameFault::kProtocol;
    return false;
  }
  if (header_.body_bytes > body_bytes_max_) {
    fault_ = FrameFault::kTooLarge;
    return false;
  }
  begin_ += sizeof(FrameHeader);
  body_ = AlignedBuffer();
  body_.resize(header_.body_bytes);
  body_filled_ = 0;
  in_body_ = true;
  return true;
}

std::uint64_t FrameReader::answerable_request() const {
  const bool believed = fault_ == FrameFault::kTooLarge || fault_ == FrameFault::kBodyChecksum;
  return believed ? header_.request : 0;
}

void FrameReader::fill_body() {
  const std::size_t part = std::min(end_ - begin_, body_.size() - body_filled_);
  if (part == 0) return;
  std::memcpy(body_.data() + body_filled_, scratch_.data() + begin_, part);
  begin_ += part;
  body_filled_ += part;
}

bool FrameReader::next(Frame& out) {
  if (fault_ != FrameFault::kNone) return false;
  if (!in_body_ && !read_header()) return false;
  fill_body();
  if (body_filled_ < body_.size()) return false;
  in_body_ = false;
  if (crc32c(body_.bytes()) != header_.body_crc) {
    fault_ = FrameFault::kBodyChecksum;
    return false;
  }
  out.header = header_;
  out.body = std::move(body_);
  return true;
}

}  // namespace kontor
