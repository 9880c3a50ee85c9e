#include "api/frame.h"

#include <cstring>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "events/base/limits.h"

namespace kontor {
namespace {

AlignedBuffer body_of(std::size_t bytes, std::uint32_t seed) {
  AlignedBuffer body;
  body.resize(bytes);
  std::mt19937 random(seed);
  for (std::size_t i = 0; i < bytes; ++i)
    body.data()[i] = static_cast<std::byte>(random());
  return body;
}

AlignedBuffer frame_of(std::uint64_t request, std::size_t body_bytes) {
  FrameHeader header;
  header.type = MessageType::kSubmit;
  header.request = request;
  header.book = 7;
  header.deadline_ms = 1234;
  return make_frame(header, body_of(body_bytes, static_cast<std::uint32_t>(request)).bytes());
}

// Hands the bytes to the reader in pieces of at most `piece`, and counts frames as they come.
class Stream {
 public:
  explicit Stream(std::size_t body_bytes_max = limits::kFrameBytesMax) : reader_(body_bytes_max) {}

  void feed(std::span<const std::byte> bytes, std::size_t piece) {
    while (!bytes.empty() && reader_.fault() == FrameFault::kNone) {
      const FrameReader::Space space = reader_.space();
      std::size_t taken = 0;
      for (const std::span<std::byte> room : {space.first, space.second}) {
        const std::size_t part = std::min({room.size(), bytes.size(), piece - taken});
        if (part > 0) std::memcpy(room.data(), bytes.data(), part);
        bytes = bytes.subspan(part);
        taken += part;
      }
      ASSERT_GT(taken, 0U);
      reader_.take(taken);
      Frame frame;
      while (reader_.next(frame))
        frames.push_back(std::move(frame));
    }
  }

  FrameReader& reader() { return reader_; }
  std::vector<Frame> frames;

 private:
  FrameReader reader_;
};

void append(AlignedBuffer& out, const AlignedBuffer& frame) {
  out.append(frame.bytes());
}

TEST(FrameReader, ComesToTheSameFramesHoweverTheBytesAreSplit) {
  AlignedBuffer bytes;
  const std::vector<std::size_t> sizes = {0, 1, 63, 64, 65, 300, 20'000, 0, 17'000, 5};
  for (std::size_t i = 0; i < sizes.size(); ++i)
    append(bytes, frame_of(i + 1, sizes[i]));
  for (const std::size_t piece : {1U, 2U, 3U, 63U, 64U, 65U, 100U, 4'096U, 16'384U, 1'000'000U}) {
    Stream stream;
    stream.feed(bytes.bytes(), piece);
    ASSERT_EQ(stream.frames.size(), sizes.size()) << "pieces of " << piece;
    EXPECT_TRUE(stream.reader().empty());
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const Frame& frame = stream.frames[i];
      EXPECT_EQ(frame.header.request, i + 1);
      EXPECT_EQ(frame.header.book, 7U);
      EXPECT_EQ(frame.header.deadline_ms, 1234U);
      const AlignedBuffer wanted = body_of(sizes[i], static_cast<std::uint32_t>(i + 1));
      ASSERT_EQ(frame.body.size(), sizes[i]);
      EXPECT_TRUE(
          std::equal(wanted.bytes().begin(), wanted.bytes().end(), frame.body.bytes().begin()));
      if (!frame.body.empty()) {
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(frame.body.data()) % 64, 0U);
      }
    }
  }
}

TEST(FrameReader, MakesOneFrameOfTwoPartsCutAtAnyByte) {
  const AlignedBuffer bytes = frame_of(9, 200);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    Stream stream;
    stream.feed(bytes.bytes().first(cut), bytes.size());
    EXPECT_TRUE(stream.frames.empty()) << "cut at " << cut;
    EXPECT_EQ(stream.reader().empty(), cut == 0);
    stream.feed(bytes.bytes().subspan(cut), bytes.size());
    EXPECT_EQ(stream.frames.size(), 1U) << "cut at " << cut;
  }
}

TEST(FrameReader, SeesEveryFlippedBit) {
  const AlignedBuffer whole = frame_of(3, 40);
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    AlignedBuffer damaged(whole.bytes());
    damaged.data()[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    Stream stream;
    stream.feed(damaged.bytes(), damaged.size());
    EXPECT_TRUE(stream.frames.empty()) << "bit " << bit;
    EXPECT_NE(stream.reader().fault(), FrameFault::kNone) << "bit " << bit;
  }
}

// A header whose own checksum is right, whatever it says.
HeaderBytes sealed(void (*change)(FrameHeader&)) {
  FrameHeader header;
  header.request = 77;
  change(header);
  return seal_header(header);
}

TEST(FrameReader, RefusesAHostileLengthBeforeItHasTheBody) {
  for (const std::uint32_t bytes : {1025U, 1U << 31, ~0U}) {
    FrameHeader header;
    header.request = 77;
    header.body_bytes = bytes;
    const HeaderBytes sealed_header = seal_header(header);
    Stream stream(1024);
    stream.feed(sealed_header, sealed_header.size());
    EXPECT_EQ(stream.reader().fault(), FrameFault::kTooLarge);
    EXPECT_EQ(stream.reader().answerable_request(), 77U);
  }
}

TEST(FrameReader, TakesABodyOfExactlyTheLimit) {
  Stream stream(1024);
  const AlignedBuffer bytes = frame_of(1, 1024);
  stream.feed(bytes.bytes(), bytes.size());
  EXPECT_EQ(stream.frames.size(), 1U);
}

TEST(FrameReader, TellsAnotherProtocolFromDamage) {
  Stream newer;
  newer.feed(sealed([](FrameHeader& header) { header.protocol = 2; }), 64);
  EXPECT_EQ(newer.reader().fault(), FrameFault::kProtocol);
  Stream longer;
  longer.feed(sealed([](FrameHeader& header) { header.header_bytes = 128; }), 64);
  EXPECT_EQ(longer.reader().fault(), FrameFault::kProtocol);
  Stream other;
  const std::string_view http =
      "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nUser-Agent: x\r\n";
  other.feed(std::as_bytes(std::span(http)), 64);
  EXPECT_EQ(other.reader().fault(), FrameFault::kMagic);
  EXPECT_EQ(other.reader().answerable_request(), 0U);
}

TEST(FrameReader, SurvivesRandomBytesAndRandomDamage) {
  std::mt19937 random(20260310);
  for (int round = 0; round < 2'000; ++round) {
    AlignedBuffer bytes = frame_of(1, random() % 300);
    append(bytes, frame_of(2, random() % 300));
    const std::size_t flips = random() % 4;
    for (std::size_t i = 0; i < flips; ++i) {
      bytes.data()[random() % bytes.size()] = static_cast<std::byte>(random());
    }
    Stream stream;
    stream.feed(bytes.bytes(), 1 + random() % 200);
    EXPECT_LE(stream.frames.size(), 2U);
    if (flips == 0) {
      EXPECT_EQ(stream.frames.size(), 2U);
    }
  }
}

}  // namespace
}  // namespace kontor
