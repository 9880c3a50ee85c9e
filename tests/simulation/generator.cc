#include "tests/simulation/generator.h"

#include <algorithm>
#include <type_traits>
#include <variant>

namespace kontor::test {
namespace {

namespace m = model;

m::Names numbered(const std::string& kind, std::uint64_t count) {
  m::Names out;
  for (std::uint64_t i = 1; i <= count; ++i)
    out.push_back(kind + std::to_string(i));
  return out;
}

template <class Things>
std::optional<std::uint64_t> version_in(const Things& things, const std::string& name) {
  const int place = things.find(name);
  return place == m::kNone ? 0 : things[place].version;
}

std::uint64_t draft_version(const m::State& state, const std::string& name) {
  const auto known = state.drafts.find(name);
  return known == state.drafts.end() ? 0 : known->second.version;
}

// The version of the document a command touches; nothing where it has none.
struct VersionOf {
  using Version = std::optional<std::uint64_t>;
  const m::State& state;

  Version operator()(const m::SetCreditLimit& c) const {
    return version_in(state.companies, c.company);
  }
  Version operator()(const m::RegisterCompany& c) const {
    return version_in(state.companies, c.company);
  }
  Version operator()(const m::RegisterBuyer& c) const { return version_in(state.buyers, c.buyer); }
  Version operator()(const m::RegisterStaff& c) const { return version_in(state.staff, c.staff); }
  Version operator()(const m::SetRule& c) const { return version_in(state.rules, c.rule); }
  Version operator()(const m::RegisterCostCentre& c) const {
    return version_in(state.cost_centres, c.cost_centre);
  }
  Version operator()(const m::SetBudget& c) const { return version_in(state.budgets, c.budget); }
  Version operator()(const m::DefineTerms& c) const { return version_in(state.terms, c.terms); }
  Version operator()(const m::RegisterItem& c) const { return version_in(state.items, c.item); }
  Version operator()(const m::DefineAssortment& c) const {
    return version_in(state.assortments, c.assortment);
  }
  Version operator()(const m::RegisterWarehouse& c) const {
    return version_in(state.warehouses, c.warehouse);
  }
  Version operator()(const m::RecordPayment&) const { return std::nullopt; }
  Version operator()(const m::ReversePayment& c) const {
    return version_in(state.payments, c.payment);
  }
  Version operator()(const m::IssueCreditNote& c) const {
    return version_in(state.invoices, c.invoice);
  }
  Version operator()(const m::CancelCreditNote& c) const {
    return version_in(state.credit_notes, c.credit_note);
  }
  Version operator()(const m::PlaceDraft& c) const { return draft_version(state, c.draft); }
  Version operator()(const m::DiscardDraft& c) const { return draft_version(state, c.draft); }
  Version operator()(const m::SaveDraft& c) const { return draft_version(state, c.wish.order); }
  Version operator()(const m::DefineRecurringOrder& c) const {
    return version_in(state.orders, c.wish.order);
  }
  Version operator()(const m::DefineTemplate& c) const {
    return version_in(state.templates, c.template_name);
  }
  Version operator()(const m::Reorder& c) const {
    return c.order.empty() ? version_in(state.templates, c.template_name)
                           : version_in(state.orders, c.order);
  }
  template <class C>
  Version operator()(const C& c) const {
    if constexpr (
        requires { c.application; } || requires { c.undo; } || requires { c.refund; }) {
      return c.payment.empty() ? version_in(state.credit_notes, c.credit_note)
                               : version_in(state.payments, c.payment);
    } else if constexpr (requires { c.order; }) {
      return version_in(state.orders, c.order);
    } else {
      return std::nullopt;
    }
  }
};

std::optional<std::uint64_t> version_of(const m::State& state, const m::Command& command) {
  return std::visit(VersionOf{state}, command);
}

}  // namespace

const std::vector<Generator::Kind>& Generator::kinds() {
  static const std::vector<Kind> kKinds = {
      {220, &Generator::place_order},
      {110, &Generator::approve_order},
      {10, &Generator::reject_order},
      {70, &Generator::cancel_order},
      {140, &Generator::allocate_order},
      {120, &Generator::ship_order},
      {25, &Generator::release_hold},
      {70, &Generator::receive_stock},
      {120, &Generator::invoice_order},
      {90, &Generator::record_payment},
      {25, &Generator::open_business_day},
      {2, &Generator::open_book},
      {10, &Generator::register_company},
      {20, &Generator::set_credit_limit},
      {10, &Generator::register_buyer},
      {18, &Generator::set_rule},
      {14, &Generator::set_policy},
      {5, &Generator::define_terms},
      {45, &Generator::return_goods},
      {8, &Generator::hold_order},
      {15, &Generator::release_reservation},
      {15, &Generator::count_stock},
      {60, &Generator::amend_order},
      {40, &Generator::apply_credit},
      {25, &Generator::undo_application},
      {15, &Generator::refund},
      {25, &Generator::reverse_payment},
      {60, &Generator::issue_credit_note},
      {15, &Generator::cancel_credit_note},
      {6, &Generator::register_item},
      {5, &Generator::set_tax_rate},
      {8, &Generator::set_price},
      {6, &Generator::register_warehouse},
      {25, &Generator::retry_order},
      {3, &Generator::register_cost_centre},
      {10, &Generator::set_budget},
      {12, &Generator::withdraw_approval},
      {8, &Generator::override_approval},
      {6, &Generator::register_staff},
      {40, &Generator::save_draft},
      {30, &Generator::place_draft},
      {8, &Generator::discard_draft},
      {5, &Generator::define_template},
      {20, &Generator::reorder},
      {8, &Generator::define_recurring_order},
      {4, &Generator::stop_recurring_order},
      {4, &Generator::define_assortment},
  };
  return kKinds;
}

Generator::Generator(std::uint64_t seed, std::uint64_t forgotten_apart)
    : orders_leave_soon_(seed % 2 == 0), forgotten_apart_(forgotten_apart), random_(seed) {
  companies_ = numbered("company-", 2 + random_.below(4));
  buyers_ = numbered("buyer-", 2 + random_.below(5));
  staff_ = numbered("staff-", 3);
  goods_ = numbered("item-", 1 + random_.below(5));
  charges_ = numbered("charge-", random_.below(3));
  items_ = goods_;
  items_.insert(items_.end(), charges_.begin(), charges_.end());
  warehouses_ = numbered("warehouse-", 1 + random_.below(3));
  lists_ = numbered("list-", 1 + random_.below(2));
  terms_ = numbered("terms-", 1 + random_.below(3));
  categories_ = numbered("tax-", 1 + random_.below(3));
  rules_ = numbered("rule-", 1 + random_.below(5));
  assortments_ = numbered("assortment-", 1 + random_.below(2));
  cost_centres_ = numbered("centre-", 1 + random_.below(3));
  budgets_ = numbered("budget-", 1 + random_.below(4));
  asks_much_ = random_.one_in(4);
  knows_cost_centres_ = asks_much_ || random_.one_in(2);
  regions_ = {"north", "south"};
  currency_ = random_.of<m::Currency>({978, 978, 978, 392, 414});
  set_the_world_up();
}

constexpr m::Int kSettledKeptMin = 16;
constexpr std::uint64_t kOutcomesKeptMin = 16;

void Generator::set_the_world_up() {
  m::OpenBook book;
  book.book = "book";
  book.currency = currency_;
  book.first_day = m::day_of(2026, 3, 2) + static_cast<m::Day>(random_.below(300));
  book.first_month = static_cast<int>(random_.between(1, 12));
  book.first_weekday = static_cast<int>(random_.between(1, 7));
  if (orders_leave_soon_) book.settled_kept = kSettledKeptMin;
  if (random_.one_in(3)) {
    const std::uint64_t least = std::max<std::uint64_t>(kOutcomesKeptMin, forgotten_apart_ + 24);
    book.outcomes_kept = static_cast<m::Int>(least + random_.below(100));
  }
  to_set_up_.emplace_back(book);
  set_items_up();
  set_companies_up();
  set_policies_up();
  set_spending_up();
  if (asks_much_) set_asking_up();
}

void Generator::set_items_up() {
  for (const std::string& category : categories_) {
    m::SetTaxRate rate;
    rate.category = category;
    rate.rate = random_.of<m::Int>({0, 70'000, 190'000, 200'000, 55'000, 81'234});
    to_set_up_.emplace_back(rate);
  }
  for (const std::string& item : items_) {
    m::RegisterItem command = item_named(item);
    command.active = true;
    const bool charge = is_charge(item);
    command.kind = charge ? m::Kind::kNotStocked : m::Kind::kStocked;
    command.freight = charge && item == charges_.front();
    to_set_up_.emplace_back(command);
    for (const std::string& list : lists_) {
      if (!random_.one_in(6) && !command.freight) to_set_up_.emplace_back(price_of(list, item));
    }
  }
  for (const std::string& warehouse : warehouses_) {
    to_set_up_.emplace_back(warehouse_named(warehouse));
    m::ReceiveStock receipt;
    receipt.receipt = "opening-" + warehouse;
    receipt.warehouse = warehouse;
    for (const std::string& item : goods_)
      receipt.lines.push_back({item, random_.between(1, 200) * m::kUnit});
    to_set_up_.emplace_back(receipt);
  }
}

void Generator::set_companies_up() {
  for (const std::string& name : terms_) {
    if (!random_.one_in(4)) to_set_up_.emplace_back(terms_named(name));
  }
  m::Names before;
  const auto is_there = [&](const std::string& name) {
    return std::find(before.begin(), before.end(), name) != before.end();
  };
  for (const std::string& company : companies_) {
    m::RegisterCompany command = company_named(company);
    command.status = m::CompanyStatus::kActive;
    if (!is_there(command.parent)) command.parent.clear();
    if (asks_much_ && !before.empty()) command.parent = companies_.front();
    if (!is_there(command.default_payer)) command.default_payer.clear();
    if (random_.one_in(15)) command.currency = 840;
    std::erase_if(command.allowed_payers, [&](const auto& name) { return !is_there(name); });
    before.push_back(company);
    to_set_up_.emplace_back(command);
    m::SetCreditLimit limit;
    limit.company = company;
    limit.limit = money() * 20;
    if (!random_.one_in(3)) to_set_up_.emplace_back(limit);
  }
  for (const std::string& buyer : buyers_)
    to_set_up_.emplace_back(buyer_named(buyer));
}

void Generator::set_policies_up() {
  to_set_up_.emplace_back(m::SetPolicy{"price.list", lists_.front(), m::Scope::kBook, ""});
  const auto vary = [&](const std::string& policy, std::initializer_list<const char*> values) {
    if (random_.one_in(2))
      to_set_up_.emplace_back(m::SetPolicy{policy, random_.of(values), m::Scope::kBook, ""});
  };
  vary("credit.at", {"placement", "approval", "allocation", "shipment", "invoice"});
  vary("credit.tree", {"own", "each", "shared"});
  vary("stock.at", {"placement", "approval", "allocation", "shipment"});
  vary("price.at", {"placement", "approval"});
  vary("budget.at", {"placement", "approval", "shipment", "invoice", "payment"});
  vary("stock.draft", {"none", "reserve"});
  vary("stock.short", {"backorder", "partial", "refuse", "cancel_rest"});
  vary("invoice.basis", {"shipped", "ordered"});
  vary("payment.auto_apply", {"oldest_due_first", "none"});
  vary("approval.self", {"forbidden", "allowed", "sole_holder"});
  vary("approval.tiers", {"in_sequence", "together"});
  vary("approval.expiry", {"reject", "escalate"});
  vary("approval.expiry_days", {"0", "3", "5"});
  vary("approval.reminder_days", {"0", "1", "2"});
  vary("approval.escalation_days", {"0", "1", "2"});
  if (random_.one_in(8))
    to_set_up_.emplace_back(m::SetPolicy{"price.from", "command", m::Scope::kBook, ""});
  if (random_.one_in(2)) return;
  // A seller who wants larger orders approved.
  m::SetRule rule;
  rule.rule = rules_.front();
  if (!random_.one_in(3)) rule.conditions.emplace_back().amount = money();
  rule.outcome = m::Outcome::kAsk;
  rule.tiers.push_back(tier(1));
  if (random_.one_in(2)) rule.tiers.push_back(tier(2));
  to_set_up_.emplace_back(rule);
}

m::Request Generator::next(const State& state) {
  m::Request request;
  if (!to_set_up_.empty()) {
    request = wrapped(state, std::move(to_set_up_.front()));
    request.expected_version.reset();
    request.effective_date.reset();
    to_set_up_.pop_front();
  } else if (const m::Request* const sent = random_.one_in(40) ? earlier(state) : nullptr) {
    request = *sent;  // word by word
  } else if (random_.one_in(40)) {
    return resolving(state);
  } else if (!soon_.empty() && random_.one_in(3)) {
    request = wrapped(state, std::move(soon_.front().command));
    soon_.pop_front();
  } else if (!late_.empty() && random_.one_in(30)) {
    request = late_.front();
    late_.pop_front();
  } else {
    request = fresh(state);
    if (random_.one_in(60)) {
      late_.push_back(request);
      request = fresh(state);
    }
    const m::Request* const before = random_.one_in(150) ? earlier(state) : nullptr;
    if (before != nullptr && !std::holds_alternative<m::OpenBook>(request.command) &&
        !std::holds_alternative<m::OpenBook>(before->command)) {
      request.id = before->id;
    }
  }
  remember(state, request);
  return request;
}

m::Request Generator::fresh(const State& state) {
  return wrapped(state, any_command(state));
}

m::Command Generator::any_command(const State& state) {
  std::uint64_t sum = 0;
  for (const Kind& kind : kinds())
    sum += kind.weight;
  std::uint64_t at = random_.below(sum);
  for (const Kind& kind : kinds()) {
    if (at < kind.weight) return (this->*kind.make)(state);
    at -= kind.weight;
  }
  return open_business_day(state);
}

std::string Generator::actor_for(const State& state, const Command& command) {
  const bool votes = std::holds_alternative<m::ApproveOrder>(command) ||
                     std::holds_alternative<m::RejectOrder>(command) ||
                     std::holds_alternative<m::WithdrawApproval>(command) ||
                     std::holds_alternative<m::OverrideApproval>(command);
  const auto* const overrides = std::get_if<m::OverrideApproval>(&command);
  const m::Order* const order =
      overrides == nullptr ? nullptr : order_called(state, overrides->order);
  if (order != nullptr && order->buyer != m::kNone && random_.one_in(3)) {
    return state.buyers[order->buyer].name;
  }
  if (votes && !random_.one_in(10)) {
    const auto* const approves = std::get_if<m::ApproveOrder>(&command);
    return voter_for(state, approves == nullptr ? order : order_called(state, approves->order));
  }
  // Where there are people of the seller's, what needs authority is theirs most often.
  if (state.staff.size() > 0 && !random_.one_in(4)) {
    return random_.one_in(2) ? std::string() : name_of(staff_);
  }
  return random_.of<std::string>({"", "clerk", "buyer-1"});
}

// Most often somebody who may.
std::string Generator::voter_for(const State& state, const m::Order* order) {
  if (state.staff.size() > 0 && random_.one_in(12)) return name_of(staff_);
  const int centre = order == nullptr ? m::kNone : state.cost_centres.find(order->cost_centre);
  if (centre != m::kNone && random_.one_in(3)) {
    const std::string& owner = state.cost_centres[centre].said.owner;
    if (!owner.empty()) return owner;
  }
  m::Names approvers;
  for (const m::Buyer& buyer : state.buyers.all) {
    for (const m::Role& role : buyer.said.roles) {
      if (role.role == "approver" || role.role == "admin") approvers.push_back(buyer.name);
    }
  }
  return approvers.empty() || random_.one_in(5) ? name_of(buyers_) : random_.of(approvers);
}

m::Request Generator::wrapped(const State& state, Command command) {
  m::Request request;
  const bool opens = std::holds_alternative<m::OpenBook>(command);
  request.id = (opens ? "open-" : "c-") + std::to_string(++ids_);
  request.actor = actor_for(state, command);
  if (random_.one_in(3)) request.reason = "because";
  if (!opens && random_.percent(8)) {
    request.effective_date =
        state.business_date - static_cast<m::Day>(random_.below(6)) + (random_.one_in(6) ? 3 : 0);
    if (random_.one_in(12)) request.effective_date = m::day_of(1850, 1, 1);
  }
  const std::optional<std::uint64_t> version = version_of(state, command);
  if (version && random_.percent(8)) {
    request.expected_version = random_.one_in(4) ? *version + 1 : *version;
  }
  request.command = std::move(command);
  return request;
}

// ---- names and numbers --------------------------------------------------------------------------

bool Generator::is_charge(const std::string& item) const {
  return std::find(charges_.begin(), charges_.end(), item) != charges_.end();
}

std::string Generator::name_of(const m::Names& known) {
  if (random_.one_in(40)) return "nobody-" + std::to_string(random_.below(3));
  return random_.of(known);
}

std::string Generator::new_name(const std::string& kind) {
  return kind + std::to_string(++documents_);
}

std::string Generator::used_name(const std::string& kind) {
  const std::uint64_t back = random_.below(std::min<std::uint64_t>(documents_ + 1, 60));
  return kind + std::to_string(documents_ - back);
}

std::string Generator::order_name(const State& state,
                                  const std::function<bool(const m::Order&)>& suits) {
  const auto count = static_cast<std::uint64_t>(state.orders.size());
  if (count == 0 || random_.one_in(60)) return "no-order";
  const auto pick = [&] {
    const std::uint64_t back = random_.one_in(8)
                                   ? random_.below(count)
                                   : random_.below(std::min<std::uint64_t>(count, 30));
    return &state.orders.all[count - 1 - back];
  };
  const m::Order* order = pick();
  const int tries = random_.one_in(6) ? 0 : 24;
  for (int i = 0; i < tries && !suits(*order); ++i)
    order = pick();
  return order->name;
}

const m::Order* Generator::order_called(const State& state, const std::string& name) const {
  const int place = state.orders.find(name);
  return place == m::kNone ? nullptr : &state.orders[place];
}

m::Int Generator::hostile_number() {
  return random_.of<m::Int>({0, -1, -m::kUnit, 1, 7, m::kMost, m::kMost + 1, m::kMost - 1,
                             m::kSumMost, INT64_MAX, INT64_MIN + 1, -m::kMost});
}

m::Int Generator::quantity(const State& state, const std::string& item) {
  if (random_.one_in(80)) return hostile_number();
  const int place = state.items.find(item);
  const m::Int whole = random_.between(1, random_.one_in(5) ? 60 : 12) * m::kUnit;
  if (place == m::kNone || random_.one_in(30)) return whole + random_.between(0, 3) * 250'000;
  const m::RegisterItem& said = state.items[place].said;
  if (said.multiple > 0) return said.multiple * random_.between(1, 8);
  if (said.decimals == 0 || random_.one_in(2)) return whole;
  m::Int step = m::kUnit;
  for (int i = 0; i < said.decimals; ++i)
    step /= 10;
  return random_.between(1, 20'000'000 / step) * step;
}

m::Int Generator::money() {
  if (random_.one_in(60)) return hostile_number() % (m::kMost / 8);
  return random_.of<m::Int>(
      {random_.between(1, 500), random_.between(500, 20'000), random_.between(10'000, 300'000)});
}

m::Int Generator::part_of(m::Int most) {
  if (random_.one_in(25)) return random_.one_in(3) ? hostile_number() : most + 1;
  if (most <= 0) return m::kUnit;
  if (random_.one_in(2)) return most;
  const m::Int part = random_.between(1, most);
  return part < m::kUnit || random_.one_in(3) ? part : part / m::kUnit * m::kUnit;
}

}  // namespace kontor::test
