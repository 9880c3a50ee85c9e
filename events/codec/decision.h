// The bytes of a decision: envelope, command, events. This is what is hashed, kept and read back;
// grammar in events/FORMAT.md. All integers little-endian, every part padded with zeros to 8 bytes.
//
//   decision := DecisionHeader strings command event*
//   strings  := id actor on_behalf_of reason correlation_id     (back to back, then padded)
//   command  := FlatBuffers body of command_kind                (command_bytes, then padded)
//   event    := EventHeader body                   (padded; its length counts it unpadded)
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "events/base/assert.h"
#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/base/time.h"

namespace kontor {

static_assert(std::endian::native == std::endian::little, "bytes are read in place");

inline constexpr std::uint16_t kDecisionFormat = 1;
inline constexpr std::uint64_t kAnyVersion = ~std::uint64_t{0};  // no expected_version given

enum class DecisionOutcome : std::uint8_t { kDone = 0, kRefused = 1 };

enum DecisionFlags : std::uint16_t {
  kEffectiveDateGiven = 1,  // else it is the business date of the decision
};

struct Hash128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend bool operator==(const Hash128&, const Hash128&) = default;
};

struct TraceContext {  // W3C traceparent; all zero: none
  std::array<std::uint8_t, 16> trace_id{};
  std::array<std::uint8_t, 8> span_id{};
  std::uint8_t flags = 0;
};

// "00-<32 hex>-<16 hex>-<2 hex>" of the W3C recommendation; nothing else is understood.
bool parse_traceparent(std::string_view text, TraceContext& out);
std::string format_traceparent(const TraceContext& trace);  // "" when there is none

struct DecisionHeader {
  std::uint32_t bytes = 0;  // of the whole decision, a multiple of 8
  std::uint16_t format = kDecisionFormat;
  std::uint16_t flags = 0;
  std::uint64_t first_sequence = 0;
  std::uint32_t event_count = 0;
  std::uint32_t command_bytes = 0;
  std::int64_t recorded_at = 0;
  std::int32_t effective_date = 0;
  std::int32_t business_date = 0;
  std::uint16_t command_kind = 0;
  std::uint8_t command_version = 1;
  DecisionOutcome outcome = DecisionOutcome::kDone;
  std::uint32_t principal = 0;  // ordinal in book 0; 0: `local`
  std::uint64_t expected_version = kAnyVersion;
  std::uint64_t caused_by = 0;  // sequence of an event of this book; 0: none given
  Hash128 content;              // XXH3-128 of what the caller sent (content_hash)
  std::array<std::uint8_t, 16> trace_id{};
  std::array<std::uint8_t, 8> span_id{};
  std::uint8_t trace_flags = 0;
  std::uint8_t id_bytes = 0;
  std::uint8_t actor_bytes = 0;
  std::uint8_t on_behalf_of_bytes = 0;
  std::uint8_t reason_bytes = 0;
  std::uint8_t correlation_id_bytes = 0;
  std::array<std::uint8_t, 2> spare{};
};
static_assert(sizeof(DecisionHeader) == 112);

struct EventHeader {
  std::uint16_t kind = 0;
  std::uint8_t version = 1;
  std::uint8_t flags = 0;
  std::uint32_t length = 0;  // of the body, without padding
  // What the event is about: a document's birth sequence, 0 for itself (a birth), or for master
  // data its ordinal plus one (the event's kind tells which).
  std::uint64_t reference = 0;
};
static_assert(sizeof(EventHeader) == 16);

// The reference of an event about master data.
constexpr std::uint64_t ordinal_reference(std::uint32_t ordinal) {
  return std::uint64_t{ordinal} + 1;
}

constexpr std::size_t padded(std::size_t bytes) {
  return (bytes + 7) & ~std::size_t{7};
}

struct EventView {
  EventHeader header;
  Sequence sequence;
  std::span<const std::byte> body;  // 8-aligned

  // What the event is about: its reference, or itself where it is a birth.
  std::uint64_t subject() const {
    return header.reference != 0 ? header.reference : sequence.value();
  }
};

// Reads a decision in place. The bytes are 8-aligned, checked by check_decision, and outlive it.
class DecisionView {
 public:
  explicit DecisionView(const std::byte* bytes) : bytes_(bytes) {
    std::memcpy(&header_, bytes, sizeof header_);
  }

  const DecisionHeader& header() const { return header_; }
  std::span<const std::byte> bytes() const { return {bytes_, header_.bytes}; }
  Sequence first_sequence() const { return Sequence{header_.first_sequence}; }
  bool refused() const { return header_.outcome == DecisionOutcome::kRefused; }

  std::string_view id() const { return text(0, header_.id_bytes); }
  std::string_view actor() const { return text(header_.id_bytes, header_.actor_bytes); }
  std::string_view on_behalf_of() const {
    return text(std::size_t{header_.id_bytes} + header_.actor_bytes, header_.on_behalf_of_bytes);
  }
  std::string_view reason() const {
    return text(std::size_t{header_.id_bytes} + header_.actor_bytes + header_.on_behalf_of_bytes,
                header_.reason_bytes);
  }
  std::string_view correlation_id() const {
    return text(strings_bytes() - header_.correlation_id_bytes, header_.correlation_id_bytes);
  }
  std::span<const std::byte> command() const {
    return {bytes_ + command_offset(), header_.command_bytes};
  }

  EventHeader first_event() const {  // where there is one
    EventHeader first;
    std::memcpy(&first, bytes_ + command_offset() + padded(header_.command_bytes), sizeof first);
    return first;
  }
  // Calls visit(const EventView&) for each event in order.
  template <class Visit>
  void for_each_event(Visit visit) const {
    std::size_t offset = command_offset() + padded(header_.command_bytes);
    for (std::uint32_t i = 0; i < header_.event_count; ++i) {
      EventView event;
      std::memcpy(&event.header, bytes_ + offset, sizeof event.header);
      event.sequence = Sequence{header_.first_sequence + i};
      event.body = {bytes_ + offset + sizeof(EventHeader), event.header.length};
      visit(event);
      offset += sizeof(EventHeader) + padded(event.header.length);
    }
  }

 private:
  std::size_t strings_bytes() const {
    return std::size_t{header_.id_bytes} + header_.actor_bytes + header_.on_behalf_of_bytes +
           header_.reason_bytes + header_.correlation_id_bytes;
  }
  std::size_t command_offset() const { return sizeof(DecisionHeader) + padded(strings_bytes()); }
  std::string_view text(std::size_t offset, std::size_t size) const {
    return {reinterpret_cast<const char*>(bytes_) + sizeof(DecisionHeader) + offset, size};
  }

  const std::byte* bytes_;
  DecisionHeader header_;
};

// Checks that a decision's structure lies within `bytes` (its length is bytes.size()): sizes,
// counts, padding, known format. Does not look into FlatBuffers bodies (catalog.h: verify_command,
// verify_event). Errors: kCorrupt, kNewer.
Status check_decision(std::span<const std::byte> bytes);

}  // namespace kontor
