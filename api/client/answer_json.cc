#include <cstdio>

#include "values_generated.h"
#include "wire_generated.h"

#include "api/client/client.h"
#include "events/codec/catalog.h"
#include "events/json/json.h"
#include "events/json/writer.h"

namespace kontor {
namespace {

std::string json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

// "2026-000001": fiscal year and gapless number of an event; a credit note's has a C before it.
std::string document_number(std::uint16_t event, const wire::MadeNumber& made) {
  const char* const series = event == number_of<CreditNoteIssued> ? "C" : "";
  char text[32];
  const int length = std::snprintf(text, sizeof text, "%s%04u-%06u", series,
                                   unsigned{made.fiscal_year()}, unsigned{made.number()});
  return {text, static_cast<std::size_t>(length)};
}

void append_events(std::string& out, const Answer& answer) {
  out += ",\"events\":[";
  for (std::size_t i = 0; i < answer.events.size(); ++i) {
    if (i > 0) out += ',';
    const std::string_view name = event_name(answer.events[i]);
    out += "{\"sequence\":" + std::to_string(answer.sequence.value() + i) + ",\"event\":";
    out += name.empty() ? json(std::to_string(answer.events[i])) : json(name);
    for (const wire::MadeNumber& made : answer.numbers) {
      if (made.event() == i) out += ",\"number\":" + json(document_number(answer.events[i], made));
    }
    out += '}';
  }
  out += ']';
}

void append_grounds(std::string& out, std::string_view key, const Grounds* grounds) {
  out += ",\"";
  out += key;
  out += "\":";
  if (grounds == nullptr) {
    out += "[]";
    return;
  }
  out += write_reasons_json(read_grounds(*grounds, no_names()));
  if (grounds->more() == 0) return;
  out += ",\"more_";
  out += key;
  out += "\":" + std::to_string(grounds->more());
}

}  // namespace

std::string answer_json(std::string_view id, const Answer& answer) {
  std::string out = "{\"id\":" + json(id) + ",\"status\":" + json(status_word(answer.status));
  if (answer.sequence != Sequence{}) {
    out += ",\"sequence\":" + std::to_string(answer.sequence.value());
    out += ",\"recorded_at\":" + json(format_timestamp(answer.recorded_at));
  }
  append_events(out, answer);
  append_grounds(out, "reasons", answer.reasons);
  append_grounds(out, "warnings", answer.warnings);
  if (!answer.message.empty()) out += ",\"message\":" + json(answer.message);
  if (answer.retry_after_ms != 0) {
    out += ",\"retry_after_ms\":" + std::to_string(answer.retry_after_ms);
  }
  return out + '}';
}

}  // namespace kontor
