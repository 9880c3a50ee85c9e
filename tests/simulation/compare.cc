#include "tests/simulation/compare.h"

#include <set>
#include <vector>

#include "tests/simulation/comparison.h"

namespace kontor::test {

void Comparison::settings() {
  const std::string where = "settings";
  same(where, "business date", book_.calendar().business_date().value(), model_.business_date);
  same(where, "number of companies", book_.parties().company_count(), model_.companies.size());
  same(where, "number of buyers", book_.parties().buyer_count(), model_.buyers.size());
  same(where, "number of items", book_.catalogue().item_count(), model_.items.size());
  same(where, "number of rules", book_.rules().count(), model_.rules.size());
  same(where, "number of terms", book_.terms().count(), model_.terms.size());
  same(where, "number of assortments", book_.catalogue().assortments().count(),
       model_.assortments.size());
  same(where, "number of warehouses", book_.stock().warehouse_count(), model_.warehouses.size());
  if (found_) return;
  for (int i = 0; i < model_.companies.size(); ++i) {
    const m::Company& of = model_.companies[i];
    const Company& company = book_.parties().company(CompanyId{ordinal_of(i)});
    const Account& account = book_.credit().account(CompanyId{ordinal_of(i)});
    same(of.name, "version", company.version, of.version);
    same(of.name, "status", company.status, of.said.status);
    same(of.name, "parent", place_of(company.parent.value()), of.parent);
    same(of.name, "limit", account.limit ? account.limit->value() : -1, of.limit.value_or(-1));
  }
  for (int i = 0; i < model_.buyers.size(); ++i) {
    const Buyer& buyer = book_.parties().buyer(BuyerId{ordinal_of(i)});
    same(model_.buyers[i].name, "version", buyer.version, model_.buyers[i].version);
  }
  same("staff", "number", book_.staff().count(), model_.staff.size());
  for (int i = 0; i < model_.staff.size() && !found_; ++i) {
    const m::StaffMember& of = model_.staff[i];
    const StaffMember& member = book_.staff().member(StaffId{ordinal_of(i)});
    same(of.name, "version", member.version, of.version);
    same(of.name, "roles", member.roles.size(), of.said.roles.size());
    same(of.name, "currency", member.currency.value(), of.currency);
  }
  for (int i = 0; i < model_.items.size(); ++i) {
    const Item& item = book_.catalogue().item(ItemId{ordinal_of(i)});
    same(model_.items[i].name, "version", item.version, model_.items[i].version);
  }
  for (int i = 0; i < model_.rules.size(); ++i) {
    const RuleVersion& rule = book_.rules().current(RuleId{ordinal_of(i)});
    same(model_.rules[i].name, "version", rule.version, model_.rules[i].version);
  }
  policies();
}

// Every setting of the model's stands in the engine's, and there are no more of them.
void Comparison::policies() {
  std::size_t found = 0;
  for (const PolicyRule& row : policy_registry()) {
    const std::string name = policy_name(row.key);
    const auto is_set = [&](ScopeKind kind, std::uint32_t ordinal, std::string_view word,
                            const Policies::Setting& setting) {
      std::string scope(word);
      if (kind == ScopeKind::item) scope = book_.catalogue().name(ItemId{ordinal});
      if (kind == ScopeKind::buyer) scope = book_.parties().name(BuyerId{ordinal});
      if (kind == ScopeKind::company || kind == ScopeKind::company_and_below) {
        scope = book_.parties().name(CompanyId{ordinal});
      }
      const auto model = model_.policies.find({name, static_cast<m::Scope>(kind), scope});
      const bool known = model != model_.policies.end() && model->second == setting.value;
      same(std::string(name).append(" for ").append(scope), "being as set", known, true);
      ++found;
    };
    const Policies::Setting* const of_book = book_.policies().setting(row.key);
    if (of_book != nullptr) is_set(ScopeKind::book, kNoOrdinal, "", *of_book);
    book_.policies().for_each_scoped(row.key, is_set);
  }
  same("policies", "count", found, model_.policies.size());
}

void Comparison::line(const std::string& where, const OrderLineState& engine,
                      const m::Line& model) {
  same(where, "item", place_of(engine.item), model.item);
  same(where, "ordered", engine.ordered.value(), model.ordered);
  same(where, "cancelled", engine.cancelled.value(), model.cancelled);
  same(where, "voided", engine.voided.value(), model.voided);
  same(where, "shipped", engine.shipped.value(), model.shipped);
  same(where, "invoiced", engine.invoiced.value(), model.invoiced);
  same(where, "returned", engine.returned.value(), model.returned);
  same(where, "credited", engine.credited.value(), model.credited);
  same(where, "returned before billing", engine.returned_unbilled.value(), model.returned_unbilled);
  same(where, "reserved", engine.reserved.value(), model.reserved);
  same(where, "waiting", engine.backordered.value(), model.waiting);
  same(where, "net", engine.net.value(), model.net);
  same(where, "gross", engine.gross.value(), model.gross);
  same(where, "open value", engine.open_gross().value(), model.open_value());
  same(where, "delivered value", engine.delivered_gross().value(), model.delivered_value());
}

void Comparison::reservations(const std::string& where, const Order& engine,
                              const m::Order& model) {
  std::size_t left = model.reservations.size();
  book_.stock().for_each_reservation(OrderRef{engine.ref}, [&](const Reservation& held) {
    if (left == 0) return same(where, "number of reservations (too many)", 1, 0);
    const m::Reservation& of = model.reservations[--left];  // the engine tells the newest first
    same(where, "reservation's line", held.line, of.line + 1);
    same(where, "reservation's warehouse", place_of(held.warehouse), of.warehouse);
    same(where, "reservation's quantity", held.quantity.value(), of.quantity);
  });
  same(where, "reservations missing", 0, left);
}

void Comparison::approval(const std::string& where, const Order& engine, const m::Order& model) {
  same(where, "approval", engine.approval, model.approval);
  const ApprovalRequest* const request = book_.approvals().find(OrderRef{engine.ref});
  same(where, "waiting for people", request != nullptr, model.asked.has_value());
  if (found_ || request == nullptr) return;
  same(where, "rules that ask", request->rules.size(), model.asked->rules.size());
  same(where, "votes", request->votes.size(), model.asked->votes.size());
  for (std::size_t i = 0; i < model.asked->votes.size() && !found_; ++i) {
    const Vote& vote = request->votes[i];
    same(where, "voter", place_of(vote.by.value()), model.asked->votes[i].buyer);
    same(where, "tier of a vote", vote.tier, model.asked->votes[i].tier);
  }
  std::set<std::pair<int, int>> escalated;
  for (const Escalation& asked : request->escalated)
    escalated.emplace(place_of(asked.person.value()), asked.tier);
  std::set<std::pair<int, int>> expected;
  for (const m::Vote& asked : model.asked->escalated)
    expected.emplace(asked.buyer, asked.tier);
  same(where, "people asked by escalation", escalated == expected, true);
  const auto day = [](const std::optional<m::Day>& of) { return of.value_or(kNoDate.value()); };
  same(where, "expires on", request->expires_on.value(), day(model.asked->expires_on));
  same(where, "remind on", request->remind_on.value(), day(model.asked->remind_on));
  same(where, "escalate on", request->escalate_on.value(), day(model.asked->escalate_on));
}

void Comparison::hold(const std::string& where, const Order& engine, const m::Order& model) {
  const Account& account = book_.credit().account(CompanyId{engine.payer});
  const auto held = account.held().find(engine.ref);
  same(where, "hold being known to the account", held != account.held().end(), true);
  if (found_) return;
  same(where, "moment of the hold", held->second.moment, model.held_moment);
  same(where, "need", held->second.need.value(), model.held_need);
  same(where, "needing room", held->second.needs_room, model.needs_room);
  const m::Watched& watched = model_.companies[model.payer].watched;
  same(where, "looking up", account.watched().looks_up, watched.looks_up);
  same(where, "looking around", account.watched().looks_around, watched.looks_around);
  same(where, "limits met", account.watched().limits.size(), watched.limits.size());
}

// One that the engine has no more in memory: it has nothing to do, and its name is known.
void Comparison::settled(const m::Order& of) {
  if (!book_.orders().settled().may_have(of.name)) {
    if (!found_) found_ = of.name + ": only the model knows it";
    return;
  }
  same(of.name, "being held, settled", false, of.held);
  same(of.name, "value open, settled", 0, of.open_value());
  same(of.name, "value delivered, settled", 0, of.delivered_value());
  same(of.name, "deposit held, settled", 0, of.deposit_held());
}

void Comparison::order(int place) {
  const m::Order& of = model_.orders[place];
  const Order* const order = book_.orders().find(of.name);
  if (order == nullptr) {
    settled(of);
    return;
  }
  const std::string& where = of.name;
  same(where, "company", place_of(order->company), of.company);
  same(where, "payer", place_of(order->payer), of.payer);
  same(where, "buyer", place_of(order->buyer), of.buyer);
  same(where, "terms", place_of(order->terms), of.terms);
  same(where, "cost centre", book_.orders().cost_centre(*order) == of.cost_centre, true);
  const Taking* const taking = book_.budgets().takings().find(order->ref);
  same(where, "amount spent", taking == nullptr ? 0 : taking->amount.value(),
       m::spent_sum(of.spent));
  same(where, "net", order->net.value(), of.net);
  same(where, "total", order->total.value(), of.total);
  same(where, "being held", order->held_at != 0, of.held);
  same(where, "being held by a person", order->forced_hold, of.forced);
  same(where, "credit being taken", order->credit == CreditState::kTaken, of.taken);
  if (of.taken) same(where, "where it counts from", order->credit_from, of.from);
  same(where, "having failed", order->failed_at != 0, of.failed);
  same(where, "being cancelled", order->cancelled, of.cancelled);
  same(where, "being fulfilled", order->fulfilled, of.fulfilled);
  if (of.held && !of.forced && !found_) hold(where, *order, of);
  approval(where, *order, of);
  deposit(where, *order, of);
  const auto lines = book_.orders().lines(*order);
  same(where, "number of lines", lines.size(), of.lines.size());
  if (found_) return;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!found_) line(where, lines[i], of.lines[i]);
    if (found_) found_ = *found_ + " (line " + std::to_string(i + 1) + ")";
    if (found_) return;
  }
  reservations(where, *order, of);
  same(where, "version", order->version, of.version);
}

void Comparison::orders() {
  same("orders", "number", book_.orders().all().size() + book_.orders().settled().size(),
       model_.orders.size());
  for (int place = 0; place < model_.orders.size() && !found_; ++place)
    order(place);
}

void Comparison::wishes() {
  const Drafts& drafts = book_.drafts();
  same("drafts", "number", drafts.all().size(), model_.drafts.size());
  for (const auto& wished : model_.drafts) {
    const auto& name = wished.first;
    const auto& of = wished.second;
    const Draft* const draft = drafts.find(name);
    same(name, "being there", draft != nullptr, true);
    if (found_) return;
    same(name, "version", draft->version, of.version);
    same(name, "number of lines", draft->lines.size(), of.items.size());
    same(name, "total", draft->total ? draft->total->value() : -1, of.total.value_or(-1));
    std::size_t left = of.reservations.size();
    book_.stock().for_each_reservation(OrderRef{draft->ref}, [&](const Reservation& held) {
      if (left == 0) return same(name, "number of reservations (too many)", 1, 0);
      const m::Reservation& part = of.reservations[--left];
      same(name, "reservation's line", held.line, part.line + 1);
      same(name, "reservation's warehouse", place_of(held.warehouse), part.warehouse);
      same(name, "reservation's quantity", held.quantity.value(), part.quantity);
    });
    same(name, "reservations missing", 0, left);
  }
  same("templates", "number", drafts.template_count(), model_.templates.size());
  for (int i = 0; i < model_.templates.size() && !found_; ++i) {
    const OrderTemplate& of = drafts.order_template(ordinal_of(i));
    same(model_.templates[i].name, "version", of.version, model_.templates[i].version);
    same(model_.templates[i].name, "lines", of.lines.size(), model_.templates[i].said.lines.size());
  }
  for (const m::Order& of : model_.orders.all) {
    const Order* const order = of.recurs ? book_.orders().find(of.name) : nullptr;
    if (found_ || !of.recurs) continue;
    same(of.name, "being in memory", order != nullptr, true);
    if (found_) return;
    const RecurringOrder& recurring = *drafts.recurring(OrderRef{order->ref});
    same(of.name, "running", recurring.state == RecurringState::kRunning, of.recurs->running);
    same(of.name, "runs", recurring.runs, of.recurs->runs);
    same(of.name, "place of the next run", recurring.at, of.recurs->at);
  }
}

void Comparison::stock() {
  for (int item = 0; item < model_.items.size(); ++item) {
    std::size_t records = 0;
    book_.stock().for_each_record(ItemId{ordinal_of(item)}, [&](const StockRecord& record) {
      const auto known = model_.stock.find({item, place_of(record.warehouse)});
      const m::Stock of = known == model_.stock.end() ? m::Stock{} : known->second;
      const std::string where =
          model_.items[item].name + " in " + model_.warehouses[place_of(record.warehouse)].name;
      same(where, "on hand", record.on_hand.value(), of.on_hand);
      same(where, "reserved", record.reserved.value(), of.reserved);
      ++records;
    });
    const auto& queue = model_.items[item].queue;
    const auto waiting = book_.stock().oldest_backorders(ItemId{ordinal_of(item)}, 1'000'000);
    same(model_.items[item].name, "lines waiting", waiting.size(), queue.size());
    for (std::size_t i = 0; i < queue.size() && !found_; ++i) {
      const m::Order& of = model_.orders[queue[i].order];
      const Order& order = book_.orders().get(waiting[i].order);
      same(of.name, "place in the queue, order", book_.orders().name(order) == of.name, true);
      same(of.name, "place in the queue, line", waiting[i].line, queue[i].line + 1);
    }
  }
}

void Comparison::spending() {
  const Budgets& budgets = book_.budgets();
  same("spending", "number of cost centres", budgets.cost_centre_count(),
       model_.cost_centres.size());
  same("spending", "number of budgets", budgets.budget_count(), model_.budgets.size());
  if (found_) return;
  for (int i = 0; i < model_.cost_centres.size(); ++i) {
    const CostCentre& centre = budgets.cost_centre(CostCentreId{ordinal_of(i)});
    const m::CostCentre& of = model_.cost_centres[i];
    same(of.name, "company", place_of(centre.company.value()), of.company);
    same(of.name, "version", centre.version, of.version);
  }
  for (int i = 0; i < model_.budgets.size(); ++i) {
    const Budget& budget = budgets.budget(BudgetId{ordinal_of(i)});
    const m::Budget& of = model_.budgets[i];
    same(of.name, "amount", budget.amount.value(), of.said.amount);
    same(of.name, "taken", budget.taken.value(), m::taken_of_budget(model_, i));
    same(of.name, "reserved", budget.reserved.value(), m::reserved_of_budget(model_, i));
    same(of.name, "version", budget.version, of.version);
  }
  const Calendar& calendar = book_.calendar();
  for (int i = 0; i < model_.buyers.size(); ++i) {
    const BuyerId id{ordinal_of(i)};
    const Buyer& buyer = book_.parties().buyer(id);
    const Date start = calendar.period_start(buyer.period, calendar.business_date());
    same(model_.buyers[i].name, "taken in the period",
         budgets.taken_since(id, buyer.currency, start).value(), m::taken_in_period(model_, i));
  }
}

std::optional<std::string> difference(const Book& book, const m::State& model,
                                      const std::set<int>& orders) {
  Comparison comparison(book, model);
  for (const int place : orders)
    comparison.order(place);
  if (!comparison.found()) comparison.stock();
  if (!comparison.found()) comparison.wishes();
  return comparison.found();
}

std::optional<std::string> difference(const Book& book, const m::State& model) {
  Comparison comparison(book, model);
  comparison.settings();
  if (!comparison.found()) comparison.orders();
  if (!comparison.found()) comparison.stock();
  if (!comparison.found()) comparison.wishes();
  if (!comparison.found()) comparison.accounts();
  if (!comparison.found()) comparison.invoices();
  if (!comparison.found()) comparison.payments();
  if (!comparison.found()) comparison.credit_notes();
  if (!comparison.found()) comparison.spending();
  return comparison.found();
}

}  // namespace kontor::test
