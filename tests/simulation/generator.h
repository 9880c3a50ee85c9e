// Makes commands: what a busy, careless and at times hostile world would ask of a book. It knows
// what the model knows, so that most of them make sense; many do not.
//
// A new command is one function here and a line in the table of generator.cc.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/simulation/model/state.h"
#include "tests/simulation/random.h"

namespace kontor::test {

class Generator {
 public:
  // forgotten_apart: ids are not sent again when they are about to be forgotten: not within so many
  // decisions of it. Then whatever is sent twice is answered alike.
  Generator(std::uint64_t seed, std::uint64_t forgotten_apart);

  // The next command: sets the world up first, then trades. Some were sent before, word by word or
  // with other content, and some were made long ago.
  model::Request next(const model::State& state);
  // What was fenced is meant to be done all the same: some time, under a new id.
  void send_again(model::Request request);

  // Whether the book is one whose settled orders leave memory as soon as they may: every other
  // seed's. The model knows nothing of it.
  bool orders_leave_soon() const { return orders_leave_soon_; }

 private:
  using State = model::State;
  using Command = model::Command;
  struct Kind {
    std::uint64_t weight = 0;
    Command (Generator::*make)(const State&) = nullptr;
  };
  static const std::vector<Kind>& kinds();

  void set_the_world_up();
  void set_items_up();
  void set_companies_up();
  void set_policies_up();
  model::Request fresh(const State& state);
  model::Request wrapped(const State& state, Command command);
  std::string actor_for(const State& state, const Command& command);
  std::string voter_for(const State& state, const model::Order* order);
  Command any_command(const State& state);

  // generate_trade.cc
  Command place_order(const State& state);
  model::PlaceLine place_line(const State& state);
  Command approve_order(const State& state);
  Command reject_order(const State& state);
  Command withdraw_approval(const State& state);
  Command override_approval(const State& state);
  Command cancel_order(const State& state);
  Command allocate_order(const State& state);
  Command ship_order(const State& state);
  Command release_hold(const State& state);
  Command hold_order(const State& state);
  Command release_reservation(const State& state);
  Command count_stock(const State& state);
  Command amend_order(const State& state);
  model::AmendLine amend_line(const State& state, const model::Order* order, int line);
  // The price a line states, if it does; seldom one of goods that have theirs from lists.
  std::optional<model::Int> price_to_state(const State& state, const std::string& item);
  bool is_charge(const std::string& item) const;
  // Seldom back on a shelf where it is none that lies there.
  model::Disposition disposition_of(const model::Line& line);
  Command retry_order(const State& state);
  Command spoil(const State& state, const model::Order& order);
  Command return_goods(const State& state);
  Command receive_stock(const State& state);
  Command invoice_order(const State& state);
  Command record_payment(const State& state);
  Command open_business_day(const State& state);

  // generate_wishes.cc
  Command save_draft(const State& state);
  Command place_draft(const State& state);
  Command discard_draft(const State& state);
  Command define_template(const State& state);
  Command reorder(const State& state);
  Command define_recurring_order(const State& state);
  Command stop_recurring_order(const State& state);
  std::string draft_name(const State& state);
  std::string recurring_name(const State& state);

  // generate_money.cc
  Command apply_credit(const State& state);
  Command undo_application(const State& state);
  Command refund(const State& state);
  Command reverse_payment(const State& state);
  Command issue_credit_note(const State& state);
  void credit(const model::GoodsReturn& document, model::IssueCreditNote& note);
  Command cancel_credit_note(const State& state);
  // How far back of so many: among the newest, now and then among all, who may have left memory.
  std::uint64_t back_among(std::uint64_t count, std::uint64_t newest);
  std::string payment_name(const State& state);
  std::string credit_note_name(const State& state);
  // One of the two, at random; at times both or none.
  void name_fund(const State& state, std::string& payment, std::string& credit_note);
  std::vector<model::PayOrder> orders_to_pay(const State& state);
  void pay_just_enough(const State& state, model::RecordPayment& c);
  void name_source_of(const State& state, model::UndoApplication& c);

  // generate_rules.cc
  Command set_rule(const State& state);
  void choose_moment(model::SetRule& rule);
  Command define_assortment(const State& state);
  model::Condition condition();
  void give_threshold(model::Condition& condition);
  void give_names(model::Condition& condition);
  void spoil(model::Condition& condition);

  // generate_spending.cc
  Command register_cost_centre(const State& state);
  Command set_budget(const State& state);
  model::RegisterCostCentre cost_centre_named(const std::string& name);
  model::SetBudget budget_named(const State& state, const std::string& name);
  std::optional<model::SetBudget> none_left(const State& state, const model::Order& order);
  void set_spending_up();
  void spend_when_approved(model::SetRule& rule);
  // Most often one that orders of the company may name.
  std::string cost_centre_for(const State& state, const std::string& company);
  void limit_period(model::RegisterBuyer& buyer);

  // generate_asking.cc
  void set_asking_up();
  // Somebody who may order and approve for the whole tree.
  void make_approver(model::RegisterBuyer& buyer);

  // generate_settings.cc
  Command open_book(const State& state);
  Command register_company(const State& state);
  Command set_credit_limit(const State& state);
  Command register_buyer(const State& state);
  Command register_staff(const State& state);
  Command set_policy(const State& state);
  Command define_terms(const State& state);
  Command register_item(const State& state);
  Command set_tax_rate(const State& state);
  Command set_price(const State& state);
  Command register_warehouse(const State& state);

  model::RegisterCompany company_named(const std::string& name);
  model::RegisterBuyer buyer_named(const std::string& name);
  model::RegisterItem item_named(const std::string& name);
  model::RegisterWarehouse warehouse_named(const std::string& name);
  model::SetPrice price_of(const std::string& list, const std::string& item);
  model::DefineTerms terms_named(const std::string& name);
  model::Tier tier(int number);
  std::string scope_name(model::Scope kind);

  // Names, amounts and dates; now and then such as nobody expects.
  std::string name_of(const model::Names& known);
  std::string new_name(const std::string& kind);
  std::string used_name(const std::string& kind);  // given out before, or nearly so
  // An order that suits, if there is one among the newest; at times any, or none.
  std::string order_name(const State& state, const std::function<bool(const model::Order&)>& suits);
  const model::Order* order_called(const State& state, const std::string& name) const;
  model::Int quantity(const State& state, const std::string& item);
  model::Int hostile_number();
  model::Int money();
  model::Int part_of(model::Int most);  // from 1, seldom more than there is

  // generate_ids.cc
  // One that was sent before, or made and not sent yet; nothing: there is none to be sent now.
  const model::Request* earlier(const State& state);
  model::Request resolving(const State& state);
  void remember(const State& state, const model::Request& request);

  const bool orders_leave_soon_;
  const std::uint64_t forgotten_apart_;
  Random random_;
  std::deque<Command> to_set_up_;
  std::deque<model::Request> late_;   // made, to be sent some time
  std::deque<model::Request> soon_;   // each under a new id: some whose ids were fenced
  std::vector<model::Request> sent_;  // the last ones
  std::map<std::string, std::uint64_t, std::less<>> known_;  // by id: decisions when it was made
  std::uint64_t ids_ = 0;
  std::uint64_t documents_ = 0;
  model::Names companies_;
  model::Names buyers_;
  model::Names staff_;
  model::Names items_;  // goods and charges
  model::Names goods_;
  model::Names charges_;  // not stocked: the first is freight, whose price its orders state
  model::Names warehouses_;
  model::Names lists_;
  model::Names terms_;
  model::Names categories_;
  model::Names rules_;
  model::Names cost_centres_;
  model::Names budgets_;
  bool knows_cost_centres_ = false;  // from the beginning
  bool asks_much_ = false;           // people of one tree are asked about most orders
  model::Names assortments_;
  model::Names regions_;
  model::Currency currency_ = 978;
};

}  // namespace kontor::test
