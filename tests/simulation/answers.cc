#include "tests/simulation/answers.h"

#include <set>

#include "book_generated.h"
#include "order_generated.h"
#include "reasons_generated.h"

#include "events/codec/catalog.h"
#include "events/json/json.h"
#include "tests/simulation/encode.h"

namespace kontor::test {
namespace {

struct Told {
  std::set<std::string> reasons;
  bool all = true;  // no more than an answer holds
};

Told reasons_of(const DecisionView& decision) {
  Told out;
  decision.for_each_event([&](const EventView& event) {
    if (event.header.kind != number_of<CommandRefused>) return;
    const Grounds* const grounds =
        flatbuffers::GetRoot<CommandRefused>(event.body.data())->grounds();
    for (const Reason* const reason : *grounds->reasons()) {
      out.reasons.insert(EnumNameReasonCode(static_cast<ReasonCode>(reason->code())));
    }
    out.all = grounds->more() == 0;
  });
  return out;
}

template <class Names>
std::string listed(const Names& names) {
  std::string out;
  for (const auto& name : names)
    out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

// Structure and bodies of what was decided, as whoever reads the log will check them.
std::optional<std::string> unsound(const DecisionView& decision) {
  const Status sound = check_decision(decision.bytes());
  if (!sound.ok()) return sound.error().message;
  std::optional<std::string> wrong;
  decision.for_each_event([&](const EventView& event) {
    if (verify_event(event.header.kind, event.body)) return;
    wrong = std::string(event_name(event.header.kind)) + " has a body that cannot be read";
  });
  return wrong;
}

StatusCode status_of(model::Verdict verdict) {
  switch (verdict) {
    case model::Verdict::kDone:
      return StatusCode::kDone;
    case model::Verdict::kRefused:
      return StatusCode::kRefused;
    case model::Verdict::kIdReused:
      return StatusCode::kIdReused;
    case model::Verdict::kFenced:
      return StatusCode::kFenced;
    case model::Verdict::kTooOld:
      return StatusCode::kTooOld;
    case model::Verdict::kNotFound:
      return StatusCode::kNotFound;
  }
  return StatusCode::kDone;
}

std::optional<std::string> other_reasons(const Told& told, const model::Decided& model) {
  for (const std::string& reason : told.reasons) {
    if (!model.reasons.contains(reason))
      return "refused for " + reason + ", not so by the model (" + listed(model.reasons) + ")";
  }
  for (const std::string_view reason : model.reasons) {
    if (told.all && !told.reasons.contains(std::string(reason)))
      return "not refused for " + std::string(reason) + " but (" + listed(told.reasons) + ")";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> difference(const model::Request& request, const EngineAnswer& engine,
                                      const model::Decided& model, Coverage& coverage) {
  ++(request.resolve ? coverage.resolves : coverage.commands);
  coverage.repeats += static_cast<std::uint64_t>(engine.repeated);
  if (engine.status == StatusCode::kIdReused) ++coverage.reused_ids;
  Told told_reasons;
  if (engine.decision != nullptr) {
    const DecisionView decision(engine.decision);
    if (auto wrong = unsound(decision)) return wrong;
    if (decision.id() != request.id) return "the answer is that of " + std::string(decision.id());
    told_reasons = reasons_of(decision);
  }
  const StatusCode wanted = status_of(model.verdict);
  if (engine.status != wanted) {
    return "answered " + std::string(status_word(engine.status)) + " (" +
           listed(told_reasons.reasons) + "), by the model " + std::string(status_word(wanted)) +
           " (" + listed(model.reasons) + ")";
  }
  if (engine.repeated != model.repeated)
    return std::string("a repeat that is none, or the reverse");
  if (engine.status == StatusCode::kIdReused) return std::nullopt;
  const bool is_unknown = wanted == StatusCode::kTooOld || wanted == StatusCode::kNotFound;
  if (is_unknown != (engine.decision == nullptr)) {
    return std::string("an answer without its decision, or one with a decision of another");
  }
  if (wanted == StatusCode::kTooOld) ++coverage.too_old;
  if (is_unknown) return std::nullopt;
  if (auto wrong = other_reasons(told_reasons, model)) return wrong;
  if (engine.repeated) return std::nullopt;
  const bool done = engine.status == StatusCode::kDone;
  if (engine.status == StatusCode::kFenced) {
    ++coverage.fenced;
    return std::nullopt;
  }
  ++(done ? coverage.done : coverage.refused);
  for (const std::string& reason : told_reasons.reasons)
    ++coverage.refusals[reason];
  if (done) ++coverage.kinds[std::string(command_name(kind_of(request.command)))];
  return std::nullopt;
}

std::string told(const EngineAnswer& answer) {
  std::string out(status_word(answer.status));
  if (answer.repeated) out += " again";
  if (answer.decision == nullptr) return out;
  const DecisionView decision(answer.decision);
  const Told reasons = reasons_of(decision);
  if (!reasons.reasons.empty()) return out + ": " + listed(reasons.reasons);
  decision.for_each_event([&](const EventView& event) {
    out += ' ' + std::string(event_name(event.header.kind));
    if (event.header.kind != number_of<OrderFailed>) return;
    out += ' ' + write_event_json(event.header.kind, event.body, no_names());
  });
  return out;
}

std::string told(const model::Request& request) {
  if (request.resolve) {
    return "what became of " + request.id + ", sent after decision " +
           std::to_string(request.resolve->since);
  }
  const AlignedBuffer body = encode(request.command);
  CommandText text;
  text.id = request.id;
  text.actor = request.actor;
  text.reason = request.reason;
  if (request.effective_date) text.effective_date = Date{*request.effective_date};
  if (request.expected_version) text.expected_version = *request.expected_version;
  text.kind = kind_of(request.command);
  text.body.assign(body.bytes().begin(), body.bytes().end());
  return write_command_json(text);
}

CommandInput input_of(const model::Request& request, std::span<const std::byte> body) {
  CommandInput input;
  input.id = request.id;
  input.resolve = request.resolve.has_value();
  if (input.resolve) return input;
  input.actor = request.actor;
  input.reason = request.reason;
  if (request.effective_date) input.effective_date = Date{*request.effective_date};
  if (request.expected_version) input.expected_version = *request.expected_version;
  input.kind = kind_of(request.command);
  input.body = body;
  return input;
}

}  // namespace kontor::test
