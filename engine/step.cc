#include "engine/step.h"

#include <array>
#include <cstring>

#include "book_generated.h"

#include "events/base/limits.h"

namespace kontor {
namespace {

Reason make_reason(const Cause& cause) {
  return {cause.subject,
          cause.rule.value(),
          cause.found,
          cause.allowed,
          cause.line,
          static_cast<std::uint16_t>(cause.code),
          cause.subject_kind,
          cause.unit,
          cause.currency.value(),
          static_cast<std::uint16_t>(cause.evidence.size()),
          cause.outcome};
}

// positions: of all causes.
flatbuffers::Offset<flatbuffers::Vector<std::uint64_t>> write_evidence(
    flatbuffers::FlatBufferBuilder& out, const std::vector<Cause>& causes, std::size_t positions) {
  std::uint64_t* next = nullptr;
  const auto vector = out.CreateUninitializedVector(positions, &next);
  for (const Cause& cause : causes) {
    for (const Sequence position : cause.evidence)
      *next++ = position.value();
  }
  return vector;
}

}  // namespace

void Causes::add(Cause cause) {
  if (list_.size() == limits::kReasonsMax) {
    ++more_;
    return;
  }
  list_.push_back(std::move(cause));
}

flatbuffers::Offset<Grounds> Causes::write(flatbuffers::FlatBufferBuilder& out) const {
  std::array<flatbuffers::Offset<flatbuffers::String>, limits::kReasonsMax> names;
  std::size_t positions = 0;
  for (std::size_t i = 0; i < list_.size(); ++i) {
    names.at(i) = out.CreateString(list_[i].name);
    positions += list_[i].evidence.size();
  }
  const auto reason_vector =
      structs<Reason>(out, list_.size(), [&](std::size_t i) { return make_reason(list_[i]); });
  const auto name_vector = out.CreateVector(names.data(), list_.size());
  const auto evidence_vector = positions == 0 ? 0 : write_evidence(out, list_, positions);
  return CreateGrounds(out, reason_vector, name_vector, evidence_vector, more_);
}

void Step::refuse(Cause cause) {
  KONTOR_ASSERT(events_ == 0);
  refusals_.add(std::move(cause));
}

void Step::emit_refusal() {
  KONTOR_ASSERT(refused() && events_ == 0);
  emit<CommandRefused>(0, [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateCommandRefused(out, refusals_.write(out));
  });
}

const std::byte* Step::write_event(std::uint16_t kind, std::uint64_t reference) {
  const std::size_t length = to_.builder->GetSize();
  EventHeader header;
  header.kind = kind;
  header.length = static_cast<std::uint32_t>(length);
  header.reference = reference;
  KONTOR_ASSERT(events_ < limits::kDecisionEventsMax);
  ++events_;

  const std::size_t room = padded(length);
  std::byte* const at = to_.page->buffer().grow(sizeof header + room);
  std::memcpy(at, &header, sizeof header);
  std::byte* const body = at + sizeof header;
  std::memcpy(body, to_.builder->GetBufferPointer(), length);
  std::memset(body + length, 0, room - length);
  return body;
}

}  // namespace kontor
