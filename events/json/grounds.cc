#include "events/json/grounds.h"

#include <algorithm>

#include "reasons_generated.h"
#include "values_generated.h"

#include "events/base/assert.h"
#include "events/base/currency.h"
#include "events/base/time.h"
#include "events/json/writer.h"

namespace kontor {
namespace {

// The name JSON has for a value of one of our enums; its number when it is from a newer version.
std::string word(std::string_view enumeration, std::int64_t value) {
  const EnumPlan* const plan = kontor_schema().find_enum(enumeration);
  KONTOR_ASSERT(plan != nullptr);
  const EnumValue* const known = plan->find(value);
  return known == nullptr ? std::to_string(value) : known->name;
}

std::string measured(std::int64_t value, Unit unit, std::uint16_t currency_code) {
  if (value == kAbsent) return {};
  const auto currency = find_currency(CurrencyCode{currency_code});
  const int decimals = currency ? currency->decimals : 0;
  switch (unit) {
    case Unit::none:
    case Unit::name:
      return {};
    case Unit::money:
      return format_decimal(value, decimals, false);
    case Unit::unit_price:
      return format_decimal(value, decimals + 4, false);
    case Unit::percent:
      return format_decimal(value, 4, true);
    case Unit::quantity:
      return format_decimal(value, 6, true);
    case Unit::date: {
      const bool fits = value > INT32_MIN && value <= INT32_MAX;
      return fits ? format_date(Date{static_cast<std::int32_t>(value)}) : std::string{};
    }
    case Unit::days:
    case Unit::count:
    case Unit::version:
      break;
  }
  return std::to_string(value);
}

ReasonText readable(const Reason& reason, std::string_view name, const NameSource& names) {
  ReasonText out;
  out.code = reason.code();
  out.reason = word("ReasonCode", reason.code());
  out.outcome = word("Outcome", static_cast<std::int64_t>(reason.outcome()));
  out.line = reason.line();
  out.rule = reason.rule();
  if (reason.unit() != Unit::none)
    out.unit = word("Unit", static_cast<std::int64_t>(reason.unit()));
  out.found = measured(reason.found(), reason.unit(), reason.currency());
  if (reason.unit() == Unit::name &&
      reason.code() == static_cast<std::uint16_t>(ReasonCode::request_closed))
    out.found = word("ApprovalEnd", reason.found());
  out.allowed = measured(reason.allowed(), reason.unit(), reason.currency());
  if (const auto currency = find_currency(CurrencyCode{reason.currency()})) {
    out.currency = currency->alpha;
  }
  if (reason.subject_kind() == Subject::none) return out;
  out.subject = word("Subject", static_cast<std::int64_t>(reason.subject_kind()));
  out.name = name;
  if (!out.name.empty() || reason.subject() == 0) return out;
  out.name = names.name(out.subject, reason.subject()).value_or(std::to_string(reason.subject()));
  return out;
}

void append_text(std::string& out, std::string_view key, std::string_view text) {
  if (text.empty()) return;
  bool first = false;
  append_json_key(out, key, first);
  append_json_string(out, text);
}

void append_reason(std::string& out, const ReasonText& reason) {
  out += "{\"reason\":";
  append_json_string(out, reason.reason);
  append_text(out, "outcome", reason.outcome);
  append_text(out, "subject", reason.subject);
  append_text(out, "name", reason.name);
  if (reason.line != 0) out += ",\"line\":" + std::to_string(reason.line);
  append_text(out, "found", reason.found);
  append_text(out, "allowed", reason.allowed);
  append_text(out, "unit", reason.unit);
  append_text(out, "currency", reason.currency);
  if (reason.rule != 0) out += ",\"rule\":" + std::to_string(reason.rule);
  if (!reason.evidence.empty()) {
    out += ",\"evidence\":[";
    for (std::size_t i = 0; i < reason.evidence.size(); ++i) {
      out += (i == 0 ? "" : ",") + std::to_string(reason.evidence[i]);
    }
    out.push_back(']');
  }
  out.push_back('}');
}

}  // namespace

std::vector<ReasonText> read_grounds(const Grounds& grounds, const NameSource& names) {
  std::vector<ReasonText> out;
  if (grounds.reasons() == nullptr) return out;
  const std::size_t evidence_count = grounds.evidence() == nullptr ? 0 : grounds.evidence()->size();
  std::size_t evidence_at = 0;
  for (flatbuffers::uoffset_t i = 0; i < grounds.reasons()->size(); ++i) {
    const Reason& reason = *grounds.reasons()->Get(i);
    const bool named = grounds.names() != nullptr && i < grounds.names()->size();
    const std::string_view name = named ? grounds.names()->Get(i)->string_view() : "";
    out.push_back(readable(reason, name, names));
    const std::size_t end =
        std::min<std::size_t>(evidence_at + reason.evidence_count(), evidence_count);
    for (; evidence_at < end; ++evidence_at) {
      out.back().evidence.push_back(
          grounds.evidence()->Get(static_cast<flatbuffers::uoffset_t>(evidence_at)));
    }
  }
  return out;
}

std::string write_reasons_json(std::span<const ReasonText> reasons) {
  std::string out = "[";
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    if (i != 0) out.push_back(',');
    append_reason(out, reasons[i]);
  }
  out.push_back(']');
  return out;
}

void append_grounds(std::string& out, const Record& record, const NameSource& names) {
  const auto& grounds = *reinterpret_cast<const Grounds*>(record.bytes());
  out += "{\"reasons\":" + write_reasons_json(read_grounds(grounds, names));
  if (grounds.more() != 0) out += ",\"more\":" + std::to_string(grounds.more());
  out.push_back('}');
}

}  // namespace kontor
