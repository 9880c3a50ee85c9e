#include "api/questions/found_event.h"

#include "engine/job.h"
#include "events/codec/catalog.h"

namespace kontor::questions {
namespace {

std::string principal_name(std::uint32_t principal) {
  if (principal == kServerPrincipal) return "server";
  return principal == 0 ? "local" : "principal " + std::to_string(principal);
}

}  // namespace

FoundEvent copy_event(const DecisionView& decision, const EventView& event) {
  FoundEvent out;
  out.decision = decision.header();
  out.id = decision.id();
  out.actor = decision.actor();
  out.reason = decision.reason();
  out.sequence = event.sequence;
  out.kind = event.header.kind;
  out.body = AlignedBuffer(event.body);
  return out;
}

void fill_event_row(const FoundEvent& event, const NameSource& names, wire::EventRowT& row) {
  row.sequence = event.sequence.value();
  row.recorded_at = event.decision.recorded_at;
  row.effective_date = event.decision.effective_date;
  row.business_date = event.decision.business_date;
  row.event = event_name(event.kind);
  row.command = command_name(event.decision.command_kind);
  row.command_id = event.id;
  row.principal = principal_name(event.decision.principal);
  row.actor = event.actor;
  row.reason = event.reason;
  if (event.decision.caused_by != 0) row.caused_by = event.decision.caused_by;
  row.body = write_event_json(event.kind, event.body.bytes(), names);
}

}  // namespace kontor::questions
