// Policies: the value in force, where it comes from and since when.
#include <optional>

#include "api/questions/present.h"
#include "engine/rules/policy.h"

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

// The source as people say it: "default", "book", "company acme", "company_and_below acme" ...
std::string source_of(ScopeKind kind, std::string_view scope) {
  std::string out = EnumNameScopeKind(kind);
  if (!scope.empty()) out += " " + std::string(scope);
  return out;
}

std::string scope_text(const Book& book, ScopeKind kind, std::uint32_t ordinal,
                       std::string_view word) {
  switch (kind) {
    case ScopeKind::company:
    case ScopeKind::company_and_below:
      return name_of(book, "company", CompanyId{ordinal});
    case ScopeKind::buyer:
      return name_of(book, "buyer", BuyerId{ordinal});
    case ScopeKind::item:
      return name_of(book, "item", ItemId{ordinal});
    default:
      return std::string(word);
  }
}

void fill_setting(const Policies::Setting& setting, wire::PolicyRowT& row) {
  row.since = setting.since.value();
  row.set_at = setting.set_at.value();
}

void fill_policy(const Book& book, const PolicyRule& rule, const PolicyContext& context,
                 wire::PolicyRowT& row) {
  const PolicyInForce in_force = policy_in_force(book, rule.key, context);
  row.policy = policy_name(rule.key);
  row.value = in_force.value;
  row.source = in_force.setting == nullptr ? "default" : source_of(in_force.kind, in_force.scope);
  if (in_force.setting != nullptr) fill_setting(*in_force.setting, row);
  row.values = values_of(rule);
  row.help = rule.help;
}

// What is set for scopes below the book, each on a row of its own.
void add_scoped(const Book& book, const PolicyRule& rule, wire::PoliciesAnswerT& out) {
  book.policies().for_each_scoped(
      rule.key, [&](ScopeKind kind, std::uint32_t ordinal, std::string_view word,
                    const Policies::Setting& setting) {
        wire::PolicyRowT& row = add_row(out.policies);
        row.policy = policy_name(rule.key);
        row.value = setting.value;
        row.source = source_of(kind, scope_text(book, kind, ordinal, word));
        fill_setting(setting, row);
        row.values = values_of(rule);
        row.help = rule.help;
      });
}

struct AskedFor {
  PolicyContext context;
  bool anybody = false;
  std::optional<Answered> wrong;
};

// second: a company or buyer, third: an item.
AskedFor read_context(const Book& book, const Query& query) {
  AskedFor out;
  out.anybody = !query.second.empty() || !query.third.empty();
  if (!query.second.empty()) {
    const auto company = book.parties().find_company(query.second);
    const auto buyer = book.parties().find_buyer(query.second);
    if (!company && !buyer) out.wrong = not_found("company or buyer", query.second, "companies");
    if (company) out.context.company = *company;
    if (!company && buyer) {
      out.context.buyer = *buyer;
      out.context.company = book.parties().buyer(*buyer).company;
    }
  }
  if (!query.third.empty()) {
    const auto item = book.catalogue().find_item(query.third);
    if (!item) out.wrong = not_found("item", query.third, "items");
    if (item) out.context.item = *item;
  }
  return out;
}

}  // namespace

// name: one policy; absent: all. For a company or person, and an item: what is in force for them.
// For nobody: the book's, and behind each what is set for scopes below.
Answered answer_policies(const Book& book, const Query& query) {
  AskedFor asked = read_context(book, query);
  if (asked.wrong) return std::move(*asked.wrong);
  wire::PoliciesAnswerT out;
  for (const PolicyRule& rule : policy_registry()) {
    if (!query.name.empty() && policy_name(rule.key) != query.name) continue;
    fill_policy(book, rule, asked.context, add_row(out.policies));
    if (!asked.anybody) add_scoped(book, rule, out);
  }
  if (!out.policies.empty()) return answered(out);
  return refused(StatusCode::kNotFound, "there is no policy '" + query.name +
                                            "'; `kontor get policies` shows those there are");
}

}  // namespace kontor::questions
