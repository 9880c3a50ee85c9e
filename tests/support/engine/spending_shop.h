// A shop for tests of what buyers may spend: everything is sold by the penny, which bears no tax,
// and nothing of the payer's limit stands in the way.
#pragma once

#include <string>
#include <string_view>

#include "tests/support/engine/story.h"

namespace kontor::test {

class SpendingShop : public Shop {
 public:
  SpendingShop() { limit("acme", "1000000.00"); }

  // ann's limits, as told: {"order_limit":"500.00"} without the braces.
  void buyer(std::string_view limits, std::string_view name = "ann") {
    given(R"("RegisterBuyer":{"buyer":")" + std::string(name) +
          R"(","company":"acme","roles":[{"role":"buyer"}],)" + std::string(limits) + "}");
  }
  // A rule of the book that asks a role when one figure is so.
  void ask(std::string_view rule, std::string_view figure, std::string_view role) {
    given(R"("SetRule":{"rule":")" + std::string(rule) + R"(","outcome":"ask","conditions":[{)" +
          R"("figure":")" + std::string(figure) +
          R"("}],"tiers":[{"number":1,"groups":[{"roles":[")" + std::string(role) + R"("]}]}]})");
  }
  void rule(std::string_view rule, std::string_view figure, std::string_view outcome) {
    given(R"("SetRule":{"rule":")" + std::string(rule) + R"(","outcome":")" + std::string(outcome) +
          R"(","conditions":[{"figure":")" + std::string(figure) + R"("}]})");
  }
  void cost_centre(std::string_view name, std::string_view more = "") {
    given(R"("RegisterCostCentre":{"cost_centre":")" + std::string(name) + R"(","company":"acme")" +
          std::string(more) + "}");
  }
  // more: ,"valid_to":"2026-03-31" and so on.
  void budget(std::string_view name, std::string_view amount, std::string_view centres,
              std::string_view more = "") {
    given(R"("SetBudget":{"budget":")" + std::string(name) + R"(","amount":")" +
          std::string(amount) + R"(","cost_centres":[)" + std::string(centres) + "]" +
          std::string(more) + "}");
  }

  // An order of ann for so many cents.
  Answer spend(std::string_view order, std::int64_t cents, std::string_view more = "") {
    return place(order, "penny", std::to_string(cents),
                 R"("buyer":"ann")" + (more.empty() ? "" : "," + std::string(more)));
  }
  Answer approve(std::string_view person, std::string_view order) {
    return when(R"("actor":")" + std::string(person) + R"(","ApproveOrder":{"order":")" +
                std::string(order) + R"("})");
  }
  Answer reject(std::string_view person, std::string_view order) {
    return when(R"("actor":")" + std::string(person) + R"(","RejectOrder":{"order":")" +
                std::string(order) + R"("})");
  }

  // Cents taken in the buyer's current period.
  std::int64_t spent(std::string_view name = "ann") const {
    const BuyerId id = *book().parties().find_buyer(name);
    const Buyer& buyer = book().parties().buyer(id);
    const Calendar& calendar = book().calendar();
    return book()
        .budgets()
        .taken_since(id, buyer.currency,
                     calendar.period_start(buyer.period, calendar.business_date()))
        .value();
  }
  const Budget& budget_of(std::string_view name) const {
    return book().budgets().budget(*book().budgets().find_budget(name));
  }
  std::int64_t taken(std::string_view budget) const { return budget_of(budget).taken.value(); }
  std::int64_t reserved_of(std::string_view budget) const {
    return budget_of(budget).reserved.value();
  }
};

}  // namespace kontor::test
