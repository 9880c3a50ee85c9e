// Policies: the value in force, where it comes from and since when.
#include <algorithm>

#include "api/questions/present.h"

namespace kontor::questions {
namespace {

std::string values_of(const PolicyRule& rule) {
  if (!rule.acted_on) return std::string(rule.fallback) + " (no other yet)";
  if (rule.kind == PolicyKind::kNumber) return "a number";
  if (rule.kind == PolicyKind::kText) return "a name";
  std::string out;
  for (const std::string_view value : rule.values) {
    if (!out.empty()) out += ", ";
    out += value;
  }
  return out;
}

void fill_policy(const Book& book, const PolicyRule& rule, wire::PolicyRowT& row) {
  const Policies::Setting* const setting = book.policies().setting(rule.key);
  row.policy = policy_name(rule.key);
  row.value = book.policies().value(rule.key);
  row.source = setting == nullptr ? "default" : "book";
  if (setting != nullptr) {
    row.since = setting->since.value();
    row.set_at = setting->set_at.value();
  }
  row.values = values_of(rule);
  row.help = rule.help;
}

}  // namespace

// name: one policy; absent: all.
Answered answer_policies(const Book& book, const Query& query) {
  wire::PoliciesAnswerT out;
  for (const PolicyRule& rule : policy_registry()) {
    if (!query.name.empty() && policy_name(rule.key) != query.name) continue;
    fill_policy(book, rule, add_row(out.policies));
  }
  if (!out.policies.empty()) return answered(out);
  return refused(StatusCode::kNotFound, "there is no policy '" + query.name +
                                            "'; `kontor get policies` shows those there are");
}

}  // namespace kontor::questions
