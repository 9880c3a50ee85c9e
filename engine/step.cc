#include "engine/step.h"

#include <cstring>

#include "book_generated.h"

#include "events/base/limits.h"

namespace kontor {

void Causes::add(Cause cause) {
  if (list_.size() == limits::kReasonsMax) {
    ++more_;
    return;
  }
  list_.push_back(std::move(cause));
}

flatbuffers::Offset<Grounds> Causes::write(flatbuffers::FlatBufferBuilder& out) const {
  std::vector<Reason> reasons;
  std::vector<flatbuffers::Offset<flatbuffers::String>> names;
  std::vector<std::uint64_t> evidence;
  for (const Cause& cause : list_) {
    reasons.emplace_back(cause.subject, cause.rule.value(), cause.found, cause.allowed, cause.line,
                         static_cast<std::uint16_t>(cause.code), cause.subject_kind, cause.unit,
                         cause.currency.value(), static_cast<std::uint16_t>(cause.evidence.size()),
                         cause.outcome);
    names.push_back(out.CreateString(cause.name));
    for (const Sequence position : cause.evidence)
      evidence.push_back(position.value());
  }
  const auto reason_vector = structs(out, reasons);
  const auto name_vector = out.CreateVector(names);
  const auto evidence_vector = evidence.empty() ? 0 : out.CreateVector(evidence);
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

  const std::size_t room = padded(length);
  std::byte* const at = to_.page->buffer().grow(sizeof header + room);
  std::memcpy(at, &header, sizeof header);
  std::byte* const body = at + sizeof header;
  std::memcpy(body, to_.builder->GetBufferPointer(), length);
  std::memset(body + length, 0, room - length);
  return body;
}

}  // namespace kontor
