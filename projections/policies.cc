#include "projections/policies.h"

#include <charconv>

#include "rule_generated.h"

#include "projections/fold.h"

namespace kontor {
namespace {

using Words = std::span<const std::string_view>;
using W = std::string_view;

constexpr std::array kPlacementApproval = {W("placement"), W("approval")};
constexpr std::array kCreditAt = {W("placement"), W("approval"), W("allocation"), W("shipment"),
                                  W("invoice")};
constexpr std::array kPayment = {W("payment")};
constexpr std::array kPriceLater = {W("allocation"), W("shipment"), W("invoice"), W("payment")};
constexpr std::array kBudgetAt = {W("placement"), W("approval"), W("shipment"), W("invoice"),
                                  W("payment")};
constexpr std::array kBudgetLater = {W("allocation")};
constexpr std::array kCostCentre = {W("optional"), W("required")};
constexpr std::array kStockAt = {W("placement"), W("approval"), W("allocation"), W("shipment")};
constexpr std::array kStockAtLater = {W("invoice"), W("payment")};
constexpr std::array kPriceFrom = {W("list"), W("command")};
constexpr std::array kShort = {W("backorder"), W("partial"), W("refuse"), W("cancel_rest")};
constexpr std::array kSourcing = {W("priority")};
constexpr std::array kSourcingLater = {W("single_first"), W("earliest")};
constexpr std::array kDraft = {W("none"), W("reserve")};
constexpr std::array kTree = {W("own"), W("each"), W("shared")};
constexpr std::array kAbsentCredit = {W("unlimited"), W("none")};
constexpr std::array kReleaseNow = {W("automatic")};
constexpr std::array kReady = {W("ready")};
constexpr std::array kUncleared = {W("counts"), W("does_not_count")};
constexpr std::array kSelf = {W("forbidden"), W("allowed"), W("sole_holder")};
constexpr std::array kSequence = {W("in_sequence"), W("together")};
constexpr std::array kOnChange = {W("ask_if_higher"), W("always_ask"), W("keep")};
constexpr std::array kSpending = {W("unlimited"), W("zero")};
constexpr std::array kBasis = {W("shipped"), W("ordered")};
constexpr std::array kApply = {W("oldest_due_first"), W("none")};
constexpr std::array kApplyLater = {W("by_reference"), W("exact_match")};
constexpr std::array kTaxLevel = {W("document")};
constexpr std::array kTaxLevelLater = {W("line")};
constexpr std::array kDiscountTax = {W("adjusted"), W("not_adjusted"), W("net_only"),
                                     W("reduced_on_invoice")};
constexpr std::array kExpiry = {W("reject"), W("escalate")};
constexpr std::array kReason = {W("optional"), W("required")};
constexpr std::array kRefuseWarn = {W("refuse"), W("warn")};
constexpr Words kNone{};

constexpr auto kWord = PolicyKind::kWord;
constexpr auto kNumeric = PolicyKind::kNumber;
constexpr auto kFree = PolicyKind::kText;

constexpr auto kRegistry = std::to_array<PolicyRule>({
    {PolicyKey::price_at, kWord, "placement", kPlacementApproval, kPriceLater, true,
     "when the price is fixed", PolicyReach::kOrder},
    {PolicyKey::budget_at, kWord, "placement", kBudgetAt, kBudgetLater, true,
     "when an order takes from budgets and period limits", PolicyReach::kOrder},
    {PolicyKey::credit_at, kWord, "approval", kCreditAt, kPayment, true,
     "when an order starts to count as exposure", PolicyReach::kOrder},
    {PolicyKey::stock_at, kWord, "allocation", kStockAt, kStockAtLater, true,
     "when stock is reserved for an order", PolicyReach::kOrder},
    {PolicyKey::price_from, kWord, "list", kPriceFrom, kNone, true,
     "list: the price lists decide; command: the caller's unit price is the price",
     PolicyReach::kOrder},
    {PolicyKey::price_list, kFree, "", kNone, kNone, true, "the list asked after the company's own",
     PolicyReach::kOrder},
    {PolicyKey::stock_short, kWord, "backorder", kShort, kNone, true,
     "what becomes of missing stock", PolicyReach::kLine},
    {PolicyKey::stock_sourcing, kWord, "priority", kSourcing, kSourcingLater, true,
     "how warehouses are chosen", PolicyReach::kLine},
    {PolicyKey::stock_hold_minutes, kNumeric, "0", kNone, kNone, false,
     "after which a reservation of an unpaid or unapproved order expires; 0: never",
     PolicyReach::kOrder},
    {PolicyKey::stock_draft, kWord, "none", kDraft, kNone, true,
     "whether a draft reserves what there is of it", PolicyReach::kOrder},
    {PolicyKey::credit_tree, kWord, "own", kTree, kNone, true,
     "whose limits an order meets: the payer's, every one above too, or the nearest",
     PolicyReach::kPayer},
    {PolicyKey::credit_absent_limit, kWord, "unlimited", kAbsentCredit, kNone, true,
     "what a payer without a limit has", PolicyReach::kPayer},
    {PolicyKey::credit_horizon_days, kNumeric, "0", kNone, kNone, false,
     "orders requested farther away do not count yet; 0: all count", PolicyReach::kPayer},
    {PolicyKey::credit_release, kWord, "automatic", kReleaseNow, kReady, true,
     "whether held orders that pass are released or marked ready", PolicyReach::kPayer},
    {PolicyKey::credit_uncleared, kWord, "counts", kUncleared, kNone, false,
     "whether a payment not cleared lowers exposure", PolicyReach::kPayer},
    {PolicyKey::approval_self, kWord, "forbidden", kSelf, kNone, true,
     "whether who places an order may approve it", PolicyReach::kOrder},
    {PolicyKey::approval_tiers, kWord, "in_sequence", kSequence, kNone, true, "how tiers go",
     PolicyReach::kOrder},
    {PolicyKey::approval_on_change, kWord, "ask_if_higher", kOnChange, kNone, true,
     "what a changed total means for an approval", PolicyReach::kOrder},
    {PolicyKey::approval_expiry_days, kNumeric, "0", kNone, kNone, true,
     "days after which a request expires; 0: never", PolicyReach::kOrder},
    {PolicyKey::approval_expiry, kWord, "reject", kExpiry, kNone, true,
     "what an expired request comes to", PolicyReach::kOrder},
    {PolicyKey::approval_reminder_days, kNumeric, "0", kNone, kNone, true,
     "days after which people are reminded, again and again; 0: never", PolicyReach::kOrder},
    {PolicyKey::approval_escalation_days, kNumeric, "0", kNone, kNone, true,
     "days after which people up the tree are asked as well; 0: never", PolicyReach::kOrder},
    {PolicyKey::staff_reason, kWord, "optional", kReason, kNone, true,
     "whether an act that needs authority needs a reason", PolicyReach::kBook},
    {PolicyKey::spending_absent_limit, kWord, "unlimited", kSpending, kNone, true,
     "what a buyer without an order or period limit may spend", PolicyReach::kOrder},
    {PolicyKey::spending_cost_centre, kWord, "optional", kCostCentre, kNone, true,
     "whether an order names a cost centre", PolicyReach::kOrder},
    {PolicyKey::invoice_basis, kWord, "shipped", kBasis, kNone, true, "what can be billed",
     PolicyReach::kOrder},
    {PolicyKey::payment_auto_apply, kWord, "oldest_due_first", kApply, kApplyLater, true,
     "what money pays that names no invoice", PolicyReach::kPayer},
    {PolicyKey::payment_tolerance_amount, kNumeric, "0", kNone, kNone, false, "minor units",
     PolicyReach::kPayer},
    {PolicyKey::payment_tolerance_percent, kNumeric, "0", kNone, kNone, false, "percent",
     PolicyReach::kPayer},
    {PolicyKey::tax_level, kWord, "document", kTaxLevel, kTaxLevelLater, true,
     "where tax is rounded", PolicyReach::kBook},
    {PolicyKey::discount_tax, kWord, "adjusted", kDiscountTax, kNone, false,
     "what an early-payment discount does to tax", PolicyReach::kPayer},
    {PolicyKey::terms_days_max, kNumeric, "0", kNone, kNone, false, "legal ceiling; 0: none",
     PolicyReach::kPayer},
    {PolicyKey::terms_days_max_outcome, kWord, "refuse", kRefuseWarn, kNone, false,
     "what exceeding the ceiling does", PolicyReach::kPayer},
    {PolicyKey::company_depth_max, kNumeric, "16", kNone, kNone, true, "levels of the company tree",
     PolicyReach::kBook},
    {PolicyKey::company_children_max, kNumeric, "10000", kNone, kNone, false,
     "companies directly below one", PolicyReach::kBook},
    {PolicyKey::effective_days_back, kNumeric, "36600", kNone, kNone, true,
     "how far back an effective date may lie", PolicyReach::kBook},
    {PolicyKey::effective_days_ahead, kNumeric, "0", kNone, kNone, true,
     "how far ahead an effective date may lie", PolicyReach::kBook},
});

// Row of the registry by key; kRegistry.size(): none.
constexpr auto kRowOf = [] {
  std::array<std::size_t, kPolicyPlaces> rows{};
  rows.fill(kRegistry.size());
  for (std::size_t i = 0; i < kRegistry.size(); ++i)
    rows.at(policy_place(kRegistry.at(i).key)) = i;
  return rows;
}();

}  // namespace

std::span<const PolicyRule> policy_registry() {
  return kRegistry;
}

const PolicyRule* find_policy(PolicyKey key) {
  const std::size_t at = policy_place(key);
  if (at >= kPolicyPlaces || kRowOf[at] == kRegistry.size()) return nullptr;
  return &kRegistry[kRowOf[at]];
}

std::string policy_name(PolicyKey key) {
  std::string name = EnumNamePolicyKey(key);
  const auto first = name.find('_');
  if (first != std::string::npos) name[first] = '.';
  return name;
}

bool reaches(PolicyReach reach, ScopeKind scope) {
  switch (scope) {
    case ScopeKind::book:
      return true;
    case ScopeKind::company:
    case ScopeKind::company_and_below:
    case ScopeKind::tag:
    case ScopeKind::company_class:
      return reach >= PolicyReach::kPayer;
    case ScopeKind::buyer:
    case ScopeKind::role:
      return reach >= PolicyReach::kOrder;
    case ScopeKind::item:
    case ScopeKind::item_category:
      return reach >= PolicyReach::kLine;
    case ScopeKind::assortment:
      return false;
  }
  return false;
}

constinit const std::array<std::string_view, Policies::kKeys> Policies::kFallbacks = [] {
  std::array<std::string_view, kKeys> fallbacks;
  for (const PolicyRule& rule : kRegistry)
    fallbacks.at(policy_place(rule.key)) = rule.fallback;
  return fallbacks;
}();

Policies::Policies() {
  for (const PolicyRule& rule : kRegistry)
    take_number(rule.key);
}

void Policies::on(const Envelope& by, const PolicySet& event) {
  const bool of_thing = event.scope_ordinal() != kNoOrdinal;  // whose name may not be looked for
  const Place where{event.policy(), event.scope_kind(), event.scope_ordinal(),
                    of_thing ? std::string() : std::string(view(event.scope()))};
  const bool of_book = event.scope_kind() == ScopeKind::book;
  if (!of_book && event.value() == nullptr) {
    scoped_count_.at(policy_place(event.policy())) -=
        static_cast<std::uint32_t>(scoped_.erase(where));
    return;
  }
  if (!of_book && !scoped_.contains(where)) ++scoped_count_.at(policy_place(event.policy()));
  Setting& setting = of_book ? settings_.at(policy_place(event.policy())) : scoped_[where];
  setting.set = event.value() != nullptr;
  setting.value = view(event.value());
  setting.set_at = by.sequence;
  setting.since = by.recorded_at;
  if (of_book) take_number(event.policy());
}

void Policies::take_number(PolicyKey key) {
  const std::string_view text = value(key);
  std::int64_t& number = numbers_.at(policy_place(key));
  number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
}

const Policies::Setting* Policies::setting(PolicyKey key, ScopeKind kind, std::uint32_t ordinal,
                                           std::string_view word) const {
  const auto found = scoped_.find({key, kind, ordinal, std::string(word)});
  return found == scoped_.end() ? nullptr : &found->second;
}

namespace {

void save_setting(Sink& out, const Policies::Setting& setting) {
  out.text(setting.value);
  out.pod(setting.set_at.value());
  out.pod(setting.since.value());
  out.pod(std::uint8_t{setting.set});
}

void load_setting(Source& in, Policies::Setting& setting) {
  in.text(setting.value);
  in.pod(setting.set_at);
  in.pod(setting.since);
  std::uint8_t set = 0;
  in.pod(set);
  setting.set = set != 0;
}

}  // namespace

void Policies::save(Sink& out) const {
  for (const Setting& setting : settings_)
    save_setting(out, setting);
  out.pod(std::uint64_t{scoped_.size()});
  for (const auto& [where, setting] : scoped_) {
    const auto& [key, kind, ordinal, word] = where;
    out.pod(key);
    out.pod(kind);
    out.pod(ordinal);
    out.text(word);
    save_setting(out, setting);
  }
}

void Policies::load(Source& in) {
  for (Setting& setting : settings_)
    load_setting(in, setting);
  for (const PolicyRule& rule : kRegistry)
    take_number(rule.key);
  scoped_.clear();
  scoped_count_ = {};
  for (std::uint64_t left = in.size_of_run(28); left > 0 && in.ok(); --left) {
    Place where;
    auto& [key, kind, ordinal, word] = where;
    in.pod(key);
    if (policy_place(key) >= kKeys) return in.fail();
    in.pod(kind);
    in.pod(ordinal);
    in.text(word);
    const auto [at, is_new] = scoped_.try_emplace(where);
    load_setting(in, at->second);
    if (is_new) ++scoped_count_.at(policy_place(key));
  }
}

Status Policies::check_invariants() const {
  for (std::size_t i = 0; i < settings_.size(); ++i) {
    const auto key = static_cast<PolicyKey>(i);
    if (settings_[i].set && find_policy(key) == nullptr) return broken("an unknown policy is set");
  }
  for (const auto& [where, setting] : scoped_) {
    const PolicyRule* const row = find_policy(std::get<PolicyKey>(where));
    const ScopeKind kind = std::get<ScopeKind>(where);
    if (row == nullptr || kind == ScopeKind::book || !reaches(row->reach, kind) || !setting.set) {
      return broken("a policy set for a scope it has not");
    }
  }
  return {};
}

}  // namespace kontor
