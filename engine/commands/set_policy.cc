#include <algorithm>
#include <charconv>

#include "rule_generated.h"
#include "set_policy_generated.h"

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "engine/rules/scopes.h"
#include "projections/fold.h"

namespace kontor {
namespace {

constexpr std::int64_t kNumberMax = 1'000'000'000;

std::string list_of(const PolicyRule& row) {
  std::string out = policy_name(row.key) + ": ";
  for (const std::string_view word : row.values) {
    out += word;
    out += word == row.values.back() ? "" : " | ";
  }
  return out;
}

bool contains(std::span<const std::string_view> words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

void check_word(Step& step, const PolicyRule& row, std::string_view value) {
  if (contains(row.values, value)) return;
  const ReasonCode code =
      contains(row.later, value) ? ReasonCode::not_supported : ReasonCode::invalid_value;
  step.refuse(about(code, Subject::policy, list_of(row), static_cast<std::uint64_t>(row.key)));
}

void check_number(Step& step, const PolicyRule& row, std::string_view value) {
  std::int64_t number = -1;
  const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool whole = read.ec == std::errc{} && read.ptr == value.data() + value.size();
  if (whole && number >= 0 && number <= kNumberMax) return;
  step.refuse(about(ReasonCode::invalid_value, Subject::policy,
                    policy_name(row.key) + ": a whole number from 0 on",
                    static_cast<std::uint64_t>(row.key)));
}

void check_value(Step& step, const PolicyRule& row, std::string_view value) {
  switch (row.kind) {
    case PolicyKind::kWord:
      check_word(step, row, value);
      break;
    case PolicyKind::kNumber:
      check_number(step, row, value);
      break;
    case PolicyKind::kText:
      expect_identifier(step, Subject::policy, value);
      break;
  }
  if (!row.acted_on && value != row.fallback) {
    step.refuse(about(ReasonCode::not_supported, Subject::policy,
                      policy_name(row.key) + ": only " + std::string(row.fallback),
                      static_cast<std::uint64_t>(row.key)));
  }
}

}  // namespace

void decide(Step& step, const SetPolicy& command) {
  const PolicyRule* const row = find_policy(command.policy());
  if (row == nullptr) {
    return step.refuse(about(ReasonCode::invalid_value, Subject::policy,
                             std::to_string(static_cast<unsigned>(command.policy()))));
  }
  if (!reaches(row->reach, command.scope_kind())) {
    return step.refuse(
        about(ReasonCode::not_supported, Subject::policy,
              policy_name(row->key) + " for a scope " + EnumNameScopeKind(command.scope_kind())));
  }
  const std::uint32_t scope =
      find_scope(step, Subject::policy, command.scope_kind(), view(command.scope()));
  const bool inherit = command.value() == nullptr || command.value()->size() == 0;
  const std::string_view value = view(command.value());
  if (!inherit) check_value(step, *row, value);
  if (step.refused()) return;

  step.emit<PolicySet>(
      static_cast<std::uint64_t>(row->key), [&](flatbuffers::FlatBufferBuilder& out) {
        const auto words = inherit ? 0 : text(out, value);
        const auto name = text(out, view(command.scope()));
        return CreatePolicySet(out, row->key, words, command.scope_kind(), name, scope);
      });
}

}  // namespace kontor
