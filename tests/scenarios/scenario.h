// Scenario: a story of trade told to the real server over TCP, a line or two per step.
//
//   Scenario shop;                                    // a book of 2026-03-02 in EUR
//   shop.company("acme");
//   shop.limit("acme", "1000.00");
//   EXPECT_TRUE(shop.place("A", "acme", "400.00").has("CreditCommitted"));
//   EXPECT_EQ(shop.account("acme", "available"), "600.00");
//
// Commands are JSON lines read and sent as `kontor submit` does, questions are asked by the words
// of `kontor get`, `kontor list` and `kontor why`. All scenarios of a program share one server;
// each has a book of its own.
//
// Every book sells `goods` at 1.00 with two decimals and no tax, so that an order of 400.00 is an
// order of 400.00, and has plenty of it in the warehouse `main`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "api/client/client.h"

namespace kontor::test {

using Json = nlohmann::ordered_json;

// What the server answered to a command.
struct Said {
  std::string status;   // "done", "refused" ...
  std::string events;   // their names, in order, one blank between
  std::string reasons;  // of a refusal: names in order, one blank between
  std::string warnings;
  Json json;  // the whole line

  bool done() const { return status == "done"; }
  bool has(std::string_view event) const;
};

class Scenario {
 public:
  struct Opening {
    std::string_view currency = "EUR";
    std::string_view first_day = "2026-03-02";
    std::string_view more = {};  // of OpenBook, with a comma before it
  };
  Scenario() : Scenario(Opening{}) {}
  explicit Scenario(const Opening& opening);

  // A command without its braces: "actor":"ann","ApproveOrder":{"order":"A"}; it gets an id.
  Said when(std::string_view command);
  Said when(std::string_view command, std::string_view id);
  // One that must be done.
  void given(std::string_view command);

  // ---- who is who ----
  void company(std::string_view company, std::string_view more = {});
  // roles: "buyer approver"; "admin/company_and_below" says how far it reaches.
  void person(std::string_view person, std::string_view company, std::string_view roles,
              std::string_view more = {});
  void limit(std::string_view company, std::string_view amount, std::string_view more = {});

  // ---- rules and policies ----
  void policy(std::string_view policy, std::string_view value);
  void policy(std::string_view policy, std::string_view value, std::string_view scope_kind,
              std::string_view scope);
  void rule(std::string_view rule, std::string_view body);
  // A new book has two rules: order-limit asks an approver above the buyer's order limit,
  // credit-limit holds above the payer's credit limit.
  void withdraw(std::string_view rule);
  // Asks one of each of these roles, or people written "@ann", where the total with tax is more
  // than that: ask_above("R2", "1000.00", {"manager", "admin"}).
  void ask_above(std::string_view rule, std::string_view amount,
                 const std::vector<std::string_view>& of_each, std::string_view more = {});

  // Asks one who holds the role where the figure says it is over: over_period_limit, over_budget.
  void ask_over(std::string_view rule, std::string_view figure, std::string_view role);
  void cost_centre(std::string_view cost_centre, std::string_view company,
                   std::string_view more = {});
  void budget(std::string_view budget, std::string_view amount, std::string_view cost_centre,
              std::string_view more = {});

  void item(std::string_view item, std::string_view unit_price, std::string_view more = {});
  void price(std::string_view item, std::string_view unit_price);
  void day(std::string_view date);
  // Sets the server's clock ("2026-03-28T23:00:00Z") and waits until this book, which goes by it,
  // is on that day.
  void clock(std::string_view utc, std::string_view day) const;

  // ---- orders ----
  // An order of goods for that much; more: fields of PlaceOrder with a comma before them.
  Said place(std::string_view order, std::string_view company, std::string_view total,
             std::string_view more = {});
  // The same, placed by a person of the company: ordered("A", "acme", "ann", "400.00").
  Said ordered(std::string_view order, std::string_view company, std::string_view buyer,
               std::string_view total, std::string_view more = {});
  Said approve(std::string_view order, std::string_view person);
  Said reject(std::string_view order, std::string_view person);
  Said allocate(std::string_view order);
  Said ship(std::string_view order);     // all that is reserved, as shipment S-ORDER
  Said invoice(std::string_view order);  // all that can be billed, as invoice I-ORDER
  Said cancel(std::string_view order);
  // Cancels goods for that much of its first line.
  Said cancel_part(std::string_view order, std::string_view amount);
  Said pay(std::string_view payment, std::string_view payer, std::string_view amount,
           std::string_view more = {});

  // ---- questions ----
  // The answer to `kontor get WORDS` or `kontor list WORDS`: ask("account acme").
  Json ask(std::string_view words) const { return ask(words, Sequence{}); }
  Json ask(std::string_view words, Sequence as_of) const;  // 0: now
  Sequence position() const;                               // of the book's last event
  Json why(std::string_view name) const;
  Json check(std::string_view place_order) const;     // as `kontor check` answers the command
  std::string why_text(std::string_view name) const;  // as `kontor why` prints it
  std::string account(std::string_view company, std::string_view figure) const;
  std::string state(std::string_view order) const;
  // Who may say yes now, group by group: "cfo or finance, legal". Empty: nobody is asked.
  std::string waits_for(std::string_view order) const;
  // "over_credit_limit 1100.00 > 1000.00" for each reason of a hold or request, a comma between:
  // what was found and what is allowed.
  std::string held_for(std::string_view order) const;
  std::string asked_for(std::string_view order) const;

  std::string_view book() const { return book_.name; }

 private:
  Said send(BookNumber book, std::string_view command, std::string_view id) const;
  Json query(std::string_view word, const std::vector<std::string>& arguments,
             Sequence as_of = Sequence{}) const;
  // What `kontor --book BOOK WORDS` prints.
  std::string run(const std::vector<std::string>& words, const std::string& input = {}) const;
  std::string next_id();

  ServerBook book_;
  std::string currency_;
  unsigned commands_ = 0;
  unsigned prices_ = 0;
};

}  // namespace kontor::test
