#include "events/codec/decision.h"

#include <algorithm>
#include <optional>
#include <string>

namespace kontor {
namespace {

constexpr std::uint16_t kKnownFlags = kEffectiveDateGiven;
constexpr std::size_t kTraceparentBytes = 55;  // 2 + 1 + 32 + 1 + 16 + 1 + 2

Error corrupt(std::string what) {
  return {ErrorKind::kCorrupt, "decision: " + std::move(what)};
}

Error newer(std::string what) {
  return {ErrorKind::kNewer, "decision: " + std::move(what) +
                                 "; this version does not know it, use the one that wrote it or a "
                                 "later one"};
}

bool all_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

// Walks the parts of a decision; every step stays within the bytes.
class Parts {
 public:
  explicit Parts(std::span<const std::byte> rest) : rest_(rest) {}

  // Takes `bytes` and the zeros up to a multiple of 8; false: beyond the end or padding not zero.
  bool take_padded(std::size_t bytes) {
    if (bytes > rest_.size()) return false;  // first: padded() cannot wrap then
    const std::size_t whole = padded(bytes);
    if (whole > rest_.size()) return false;
    if (!all_zero(rest_.subspan(bytes, whole - bytes))) return false;
    rest_ = rest_.subspan(whole);
    return true;
  }

  bool take_event_header(EventHeader& out) {
    if (rest_.size() < sizeof out) return false;
    std::memcpy(&out, rest_.data(), sizeof out);
    rest_ = rest_.subspan(sizeof out);
    return true;
  }

  std::size_t left() const { return rest_.size(); }

 private:
  std::span<const std::byte> rest_;
};

Status check_header(const DecisionHeader& header, std::size_t bytes) {
  if (header.format > kDecisionFormat) {
    return newer("format " + std::to_string(header.format));
  }
  if (header.format == 0) return corrupt("format 0");
  if (header.bytes != bytes || bytes % 8 != 0) {
    return corrupt("says it has " + std::to_string(header.bytes) + " bytes where there are " +
                   std::to_string(bytes));
  }
  if ((header.flags & ~kKnownFlags) != 0) return newer("flags " + std::to_string(header.flags));
  if (header.outcome > DecisionOutcome::kRefused) {
    return newer("outcome " + std::to_string(static_cast<int>(header.outcome)));
  }
  if (header.event_count == 0) return corrupt("no events");
  if (header.first_sequence == 0 ||
      header.first_sequence > ~std::uint64_t{0} - header.event_count) {
    return corrupt("first sequence " + std::to_string(header.first_sequence));
  }
  if (header.id_bytes > kIdentifierBytesMax || header.actor_bytes > kIdentifierBytesMax ||
      header.on_behalf_of_bytes > kIdentifierBytesMax) {
    return corrupt("an identifier longer than " + std::to_string(kIdentifierBytesMax) + " bytes");
  }
  if (header.spare != std::array<std::uint8_t, 2>{}) return corrupt("spare bytes in use");
  return {};
}

Status check_events(std::uint32_t count, Parts& parts) {
  if (count > parts.left() / sizeof(EventHeader)) {
    return corrupt(std::to_string(count) + " events in " + std::to_string(parts.left()) + " bytes");
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    EventHeader event;
    if (!parts.take_event_header(event) || !parts.take_padded(event.length)) {
      return corrupt("event " + std::to_string(i) + " of " + std::to_string(count) +
                     " goes beyond the end, or its padding is not zero");
    }
    if (event.kind == 0) return corrupt("event " + std::to_string(i) + " of kind 0");
    if (event.flags != 0) return newer("event flags " + std::to_string(event.flags));
  }
  if (parts.left() != 0) {
    return corrupt(std::to_string(parts.left()) + " bytes after the last event");
  }
  return {};
}

std::optional<std::uint8_t> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  return std::nullopt;  // capitals are not allowed by the recommendation
}

bool parse_hex(std::string_view text, std::span<std::uint8_t> out) {
  if (text.size() != 2 * out.size()) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto high = hex_digit(text[2 * i]);
    const auto low = hex_digit(text[2 * i + 1]);
    if (!high || !low) return false;
    out[i] = static_cast<std::uint8_t>(*high * 16 + *low);
  }
  return true;
}

void append_hex(std::span<const std::uint8_t> bytes, std::string& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const std::uint8_t byte : bytes) {
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
}

template <std::size_t N>
bool is_zero(const std::array<std::uint8_t, N>& bytes) {
  return bytes == std::array<std::uint8_t, N>{};
}

}  // namespace

bool parse_traceparent(std::string_view text, TraceContext& out) {
  if (text.size() != kTraceparentBytes || text.substr(0, 3) != "00-") return false;
  if (text[35] != '-' || text[52] != '-') return false;
  TraceContext trace;
  std::array<std::uint8_t, 1> flags{};
  if (!parse_hex(text.substr(3, 32), trace.trace_id)) return false;
  if (!parse_hex(text.substr(36, 16), trace.span_id)) return false;
  if (!parse_hex(text.substr(53, 2), flags)) return false;
  if (is_zero(trace.trace_id) || is_zero(trace.span_id)) return false;
  trace.flags = flags[0];
  out = trace;
  return true;
}

std::string format_traceparent(const TraceContext& trace) {
  if (is_zero(trace.trace_id) || is_zero(trace.span_id)) return {};
  std::string text = "00-";
  append_hex(trace.trace_id, text);
  text += '-';
  append_hex(trace.span_id, text);
  text += '-';
  append_hex(std::array<std::uint8_t, 1>{trace.flags}, text);
  return text;
}

Status check_decision(std::span<const std::byte> bytes) {
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 != 0) return corrupt("not 8-aligned");
  if (bytes.size() < sizeof(DecisionHeader)) {
    return corrupt("cut off after " + std::to_string(bytes.size()) + " bytes");
  }
  DecisionHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (Status status = check_header(header, bytes.size()); !status.ok()) return status;

  Parts parts(bytes.subspan(sizeof header));
  const std::size_t strings = std::size_t{header.id_bytes} + header.actor_bytes +
                              header.on_behalf_of_bytes + header.reason_bytes +
                              header.correlation_id_bytes;
  if (!parts.take_padded(strings)) {
    return corrupt("its strings go beyond the end, or their padding is not zero");
  }
  if (!parts.take_padded(header.command_bytes)) {
    return corrupt("its command goes beyond the end, or its padding is not zero");
  }
  return check_events(header.event_count, parts);
}

}  // namespace kontor
