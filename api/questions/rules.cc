// Rules in force, also as a sentence.
#include "rule_answers_generated.h"

#include "api/questions/present.h"
#include "api/questions/rule_sentence.h"
#include "engine/rules/figures.h"
#include "events/base/currency.h"

namespace kontor::questions {
namespace {

constexpr std::uint16_t kAll = 65535;
constexpr int kPercentDecimals = 4;

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names)
    out += (out.empty() ? "" : ", ") + name;
  return out;
}

std::string spoken(std::string_view word) {
  std::string out(word);
  for (char& c : out) {
    if (c == '_') c = ' ';
  }
  return out;
}

Unit unit_of(Figure figure) {
  const FigureRow* const row = find_figure(figure);
  return row == nullptr ? Unit::none : row->unit;
}

CurrencyCode currency_of(const Book& book, const RuleCondition& condition) {
  return condition.currency.value() != 0 ? condition.currency : book.calendar().currency();
}

std::string threshold(const Book& book, const RuleCondition& condition) {
  switch (unit_of(condition.figure)) {
    case Unit::none:
      return {};
    case Unit::percent:
      return format_decimal(condition.percent.value(), kPercentDecimals, true) + " %";
    case Unit::days:
      return std::to_string(condition.days) + " days";
    case Unit::count:
      return std::to_string(condition.count);
    case Unit::money:
      return format_money(Minor{condition.amount}, currency_of(book, condition));
    default:
      return joined(condition.names);
  }
}

std::string_view compared(Operator op) {
  switch (op) {
    case Operator::gt:
      return "is above";
    case Operator::ge:
      return "is at least";
    case Operator::lt:
      return "is below";
    case Operator::le:
      return "is at most";
    case Operator::eq:
      return "is";
    case Operator::in:
      return "is one of";
  }
  return "is";
}

std::string_view whose_words(Whose whose) {
  switch (whose) {
    case Whose::payer:
      return "";
    case Whose::any_ancestor:
      return ", of any company above the payer that has a limit";
    case Whose::shared_limit:
      return ", of the company whose limit the payer shares";
  }
  return "";
}

std::string what_is_compared(const FigureRow& row, const RuleCondition& condition) {
  std::string out(row.words);
  if (condition.figure == Figure::bucket_exposure) {
    out += " " + spoken(EnumNameBucket(condition.bucket));
  }
  if (condition.grace_days != 0) {
    out += " (after " + std::to_string(condition.grace_days) + " days of grace)";
  }
  return out;
}

std::string phrase(const Book& book, const RuleCondition& condition) {
  const FigureRow* const row = find_figure(condition.figure);
  if (row == nullptr) return spoken(EnumNameFigure(condition.figure));  // of a newer release
  std::string out = what_is_compared(*row, condition);
  if (row->unit != Unit::none) {
    out += " " + std::string(compared(condition.op)) + " " + threshold(book, condition);
  }
  if (row->unit == Unit::money) {
    const auto currency = find_currency(currency_of(book, condition));
    if (currency) out += " " + std::string(currency->alpha);
  }
  return out + std::string(whose_words(condition.whose));
}

std::string who_says_yes(const RuleGroup& group) {
  std::string who;
  const auto add = [&](const std::string& words) { who += (who.empty() ? "" : " or ") + words; };
  if (!group.people.empty()) add(joined(group.people));
  if (group.cost_centre_owner) add("the cost centre's owner");
  const std::string roles = group.roles.empty() ? "" : "role " + joined(group.roles);
  if (group.climb) {
    add("the nearest up the tree whose limits cover it" +
        (roles.empty() ? "" : " (" + roles + ")"));
  } else if (!roles.empty()) {
    add(roles);
  }
  const std::string wanted = group.needed == kAll ? "all" : std::to_string(group.needed);
  return wanted + " of " + who + " (tier " + std::to_string(group.tier) + ")";
}

std::string consequence(const RuleVersion& rule) {
  std::string out = spoken(EnumNameOutcome(rule.outcome));
  if (rule.outcome == Outcome::exclude) return "rule " + rule.exclude + " does not apply";
  if (rule.outcome == Outcome::deposit) {
    return out + " " + format_decimal(rule.deposit.value(), kPercentDecimals, true) + " %";
  }
  if (rule.outcome != Outcome::ask) return out;
  std::string who;
  for (const RuleGroup& group : rule.groups)
    who += (who.empty() ? " " : " and ") + who_says_yes(group);
  return out + who;
}

// "At placement of any order of tag vip", "On each day any order with an item of category tools".
std::string when_and_which(const RuleVersion& rule) {
  std::string out = rule.moment == Moment::day
                        ? "On each day any order"
                        : "At " + std::string(EnumNameMoment(rule.moment)) + " of any order";
  switch (rule.scope_kind) {
    case ScopeKind::book:
      return out;
    case ScopeKind::item:
      return out + " with item " + rule.scope;
    case ScopeKind::item_category:
      return out + " with an item of category " + rule.scope;
    case ScopeKind::assortment:
      return out + " with an item of assortment " + rule.scope;
    default:
      return out + " of " + spoken(EnumNameScopeKind(rule.scope_kind)) + " " + rule.scope;
  }
}

}  // namespace

std::string rule_sentence(const Book& book, const RuleVersion& rule) {
  std::string out = when_and_which(rule);
  std::string when;
  for (const RuleCondition& condition : rule.conditions)
    when += (when.empty() ? ", when " : " and ") + phrase(book, condition);
  out += when + ": " + consequence(rule);
  return rule.withdrawn ? out + " - withdrawn" : out;
}

namespace {

void fill_conditions(const Book& book, const RuleVersion& rule, wire::RuleAnswerT& out) {
  for (const RuleCondition& condition : rule.conditions) {
    auto& row = add_row(out.conditions);
    row.figure = condition.figure;
    row.operator_ = condition.op;
    row.threshold = threshold(book, condition);
    row.whose = condition.whose;
    row.bucket = condition.bucket;
    row.grace_days = condition.grace_days;
    if (unit_of(condition.figure) == Unit::money) {
      row.currency = currency_of(book, condition).value();
    }
  }
  for (const RuleGroup& group : rule.groups) {
    auto& row = add_row(out.tiers);
    row.tier = group.tier;
    row.wanted = group.needed;
    row.people = group.people;
    row.roles = group.roles;
    row.climb = group.climb;
    row.cost_centre_owner = group.cost_centre_owner;
  }
}

constexpr std::size_t kVersionsShown = 100;
constexpr std::size_t kVersionsLooked = 100'000;

// What the rule was before, newest first.
void fill_versions(const Book& book, RuleId id, wire::RuleAnswerT& out) {
  const auto versions = book.rules().versions();
  std::size_t looked = 0;
  for (auto at = versions.rbegin(); at != versions.rend() && looked < kVersionsLooked; ++at) {
    ++looked;
    if (at->rule != id) continue;
    if (out.versions.size() == kVersionsShown) return;
    auto& row = add_row(out.versions);
    row.version = at->version;
    row.set_at = at->set_at.value();
    row.sentence = rule_sentence(book, *at);
    row.withdrawn = at->withdrawn;
    if (at->version == 1) return;
  }
}

}  // namespace

Answered answer_rule(const Book& book, const Query& query) {
  const auto id = book.rules().find(query.name);
  if (!id) return not_found("rule", query.name, "rules");
  const RuleVersion& rule = book.rules().current(*id);
  wire::RuleAnswerT out;
  out.rule = query.name;
  out.label = rule.label;
  out.sentence = rule_sentence(book, rule);
  out.version = rule.version;
  out.set_at = rule.set_at.value();
  out.scope_kind = rule.scope_kind;
  out.scope = rule.scope;
  out.moment = rule.moment;
  out.outcome = rule.outcome;
  out.exclude = rule.exclude;
  out.deposit = rule.deposit.value();
  out.valid_from = rule.valid_from.value();
  out.valid_to = rule.valid_to.value();
  out.withdrawn = rule.withdrawn;
  fill_conditions(book, rule, out);
  fill_versions(book, *id, out);
  return answered(out);
}

Answered list_rules(const Book& book, const Query& query) {
  const Rules& rules = book.rules();
  wire::RulesAnswerT out;
  auto next = fill_page(query, rules.count(), [&](std::uint64_t index, PageRoom&) {
    const RuleId id{static_cast<std::uint32_t>(index)};
    const RuleVersion& rule = rules.current(id);
    auto& row = add_row(out.rules);
    row.rule = rules.name(id);
    row.sentence = rule_sentence(book, rule);
    row.version = rule.version;
    row.set_at = rule.set_at.value();
    row.withdrawn = rule.withdrawn;
    return true;
  });
  return answered(out, std::move(next));
}

}  // namespace kontor::questions
