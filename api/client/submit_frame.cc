#include <algorithm>
#include <cstring>

#include "api/client/submit_builder.h"
#include "events/base/assert.h"
#include "events/base/limits.h"
#include "events/json/json.h"

namespace kontor {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

constexpr std::size_t kEnvelopeBytes = 160;  // of a command beside its texts and body, at most
constexpr std::size_t kFirstBytes = 16U << 10;
constexpr std::size_t kBytesMax = limits::kFrameBytesMax - limits::kCommandBytesMax - (64U << 10);

Offset<flatbuffers::String> text(FlatBufferBuilder& builder, std::string_view value) {
  return value.empty() ? Offset<flatbuffers::String>{}
                       : builder.CreateString(value.data(), value.size());
}

wire::Trace to_wire(const TraceContext& trace) {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::uint64_t span = 0;
  std::memcpy(&high, trace.trace_id.data(), sizeof high);
  std::memcpy(&low, trace.trace_id.data() + sizeof high, sizeof low);
  std::memcpy(&span, trace.span_id.data(), sizeof span);
  return {high, low, span, trace.flags};
}

bool is_set(const TraceContext& trace) {
  return std::any_of(trace.trace_id.begin(), trace.trace_id.end(),
                     [](std::uint8_t byte) { return byte != 0; });
}

}  // namespace

SubmitFrame::Builder::Builder(BookNumber in_book, std::size_t in_commands_max,
                              std::size_t in_bytes_max)
    : book(in_book),
      commands_max(std::clamp<std::size_t>(in_commands_max, 1, limits::kFrameCommandsMax)),
      bytes_max(std::min(in_bytes_max, kBytesMax)),
      builder(std::min(kFirstBytes, bytes_max)) {
}

bool SubmitFrame::Builder::full(const CommandToSend& next) const {
  if (commands.empty()) return false;
  const std::size_t next_bytes = next.body.size() + kEnvelopeBytes;
  return commands.size() >= commands_max || builder.GetSize() + next_bytes > bytes_max;
}

void SubmitFrame::Builder::add(const CommandToSend& command) {
  KONTOR_ASSERT(!finished);
  ids_missing = ids_missing || command.id.empty() || command.id.size() > kIdentifierBytesMax;
  builder.ForceVectorAlignment(command.body.size(), 1, 8);
  const auto body = builder.CreateVector(reinterpret_cast<const std::uint8_t*>(command.body.data()),
                                         command.body.size());
  const auto id = builder.CreateString(command.id.data(), command.id.size());
  const auto actor = text(builder, command.actor);
  const auto on_behalf_of = text(builder, command.on_behalf_of);
  const auto reason = text(builder, command.reason);
  const auto correlation_id = text(builder, command.correlation_id);
  wire::WireCommandBuilder out(builder);
  out.add_expected_version(command.expected_version);
  out.add_caused_by(command.caused_by);
  const wire::Trace trace = to_wire(command.trace);
  if (is_set(command.trace)) out.add_trace(&trace);
  out.add_effective_date(command.effective_date.value());
  out.add_id(id);
  out.add_body(body);
  if (!actor.IsNull()) out.add_actor(actor);
  if (!on_behalf_of.IsNull()) out.add_on_behalf_of(on_behalf_of);
  if (!reason.IsNull()) out.add_reason(reason);
  if (!correlation_id.IsNull()) out.add_correlation_id(correlation_id);
  out.add_kind(command.kind);
  out.add_version(command.version);
  commands.push_back(out.Finish());
}

std::span<const std::byte> SubmitFrame::Builder::finish() {
  if (!finished) {
    builder.Finish(wire::CreateSubmitRequest(builder, builder.CreateVector(commands)));
    finished = true;
  }
  return finished_bytes(builder);
}

SubmitFrame::SubmitFrame(BookNumber book, std::size_t commands_max, std::size_t bytes_max)
    : builder_(std::make_unique<Builder>(book, commands_max, bytes_max)) {
}
SubmitFrame::SubmitFrame(SubmitFrame&&) noexcept = default;
SubmitFrame& SubmitFrame::operator=(SubmitFrame&&) noexcept = default;
SubmitFrame::~SubmitFrame() = default;

bool SubmitFrame::add(const CommandToSend& command) {
  if (builder_->full(command)) return false;
  builder_->add(command);
  return true;
}

BookNumber SubmitFrame::book() const {
  return builder_->book;
}

std::size_t SubmitFrame::count() const {
  return builder_->commands.size();
}

std::size_t SubmitFrame::bytes() const {
  return builder_->builder.GetSize();
}

CommandToSend to_send(const CommandText& command) {
  CommandToSend out;
  out.id = command.id;
  out.actor = command.actor;
  out.on_behalf_of = command.on_behalf_of;
  out.reason = command.reason;
  out.correlation_id = command.correlation_id;
  out.effective_date = command.effective_date;
  out.expected_version = command.expected_version;
  out.caused_by = command.caused_by;
  out.trace = command.trace;
  out.kind = command.kind;
  out.body = command.body;
  return out;
}

}  // namespace kontor
