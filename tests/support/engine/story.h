// Story: a book told command by command, for tests that speak the domain.
//
//   Shop shop;                                             // a book with what a test needs
//   const Answer answer = shop.when(R"("CancelOrder":{"order":"O-1"})");
//   EXPECT_EQ(answer.events, "LinesCancelled CreditReleased OrderCancelled");
//
// Every decision goes through the Decider into a page, follow-ups included, and the book's
// invariants are checked after each. At its end a story is replayed from its bytes, with the
// invariants checked after each event, and saved and loaded; all three states have the same digest.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "values_generated.h"

#include "engine/books.h"
#include "engine/decider.h"
#include "events/json/json.h"
#include "events/log/page_builder.h"

namespace kontor::test {

// What a command led to.
struct Answer {
  StatusCode status = StatusCode::kDone;
  std::string events;      // their names, in order, one blank between
  std::string follow_ups;  // of the engine's own decisions after it; without FollowUpAdvanced
  std::string reasons;     // of a refusal, hold, request or warning: names in order
  std::vector<ReasonText> grounds;
  std::vector<std::string> bodies;  // every event as JSON, follow-ups included

  bool refused() const { return status == StatusCode::kRefused; }
  bool has(std::string_view event) const;
  // The JSON of the first event of that name; empty: none.
  std::string body(std::string_view event) const;
};

class Story {
 public:
  Story();
  virtual ~Story();  // replays, saves and loads; adds a failure where a digest differs
  Story(const Story&) = delete;
  Story& operator=(const Story&) = delete;

  // A command as JSON without its braces, e.g. "actor":"ann","ApproveOrder":{"order":"O-1"}; an id
  // is added. It is decided whatever comes of it.
  Answer when(std::string_view command);
  // One that must be done.
  void given(std::string_view command);

  const Book& book() const { return *books_.find(BookNumber{books_.count() - 1}); }
  const Book& server() const { return books_.server(); }
  std::size_t decisions() const { return log_.size(); }
  // Every decision of the log, in order.
  template <class Visit>
  void for_each_decision(Visit visit) const {
    for (const Written& written : log_)
      visit(written.book, DecisionView(written.bytes.data()));
  }

  // Short words for what most tests do.
  Answer place(std::string_view order, std::string_view item, std::string_view quantity,
               std::string_view more = "");
  Answer allocate(std::string_view order);
  Answer ship(std::string_view order, std::string_view shipment);
  Answer invoice(std::string_view order, std::string_view invoice);
  Answer pay(std::string_view payment, std::string_view payer, std::string_view amount);
  Answer cancel(std::string_view order);
  Answer receive(std::string_view receipt, std::string_view warehouse, std::string_view item,
                 std::string_view quantity);
  void limit(std::string_view company, std::string_view amount);
  void policy(std::string_view key, std::string_view value);
  void day(std::string_view date);

  // Figures, in minor units or whole base units.
  const Account& account(std::string_view company) const;
  std::int64_t exposure(std::string_view company) const {
    return account(company).exposure().value();
  }
  std::int64_t bucket(std::string_view company, Bucket bucket) const {
    return account(company).bucket(bucket).value();
  }
  const Order& order(std::string_view name) const;
  const OrderLineState& line(std::string_view order, std::uint32_t number = 1) const;
  bool is_held(std::string_view name) const { return order(name).held_at != 0; }
  bool is_taken(std::string_view name) const { return order(name).credit == CreditState::kTaken; }
  std::int64_t units(Quantity quantity) const { return quantity.value() / kQuantityUnit; }
  std::int64_t reserved(std::string_view order, std::uint32_t number = 1) const {
    return units(line(order, number).reserved);
  }
  std::int64_t waiting(std::string_view order, std::uint32_t number = 1) const {
    return units(line(order, number).backordered);
  }
  std::int64_t salable(std::string_view item, std::string_view warehouse) const;
  const Invoice& invoice_of(std::string_view name) const;
  const Payment& payment_of(std::string_view name) const;
  const CreditNote& credit_note_of(std::string_view name) const;

  // For long stories: invariants after every n-th decision only, and no bodies. 1: each.
  void check_every(std::uint32_t decisions) { check_every_ = decisions; }

 protected:
  std::string next_id();

 private:
  struct Written {
    BookNumber book;
    AlignedBuffer bytes;
  };

  Decided decide(Book& book, const CommandInput& input);
  void keep(Book& book, Answer& answer, bool follow_up);
  void run_follow_ups(Book& book, Answer& answer);
  void open_registered_book(const CommandInput& input, Answer& answer);
  Timestamp next_time();
  void check_replay() const;
  void check_saved() const;

  Books books_;
  Decider decider_;
  PageBuilder page_;
  std::vector<Written> log_;
  std::uint64_t commands_ = 0;
  std::int64_t clock_ = 1'772'409'600'000'000'000;  // 2026-03-02
  std::uint32_t check_every_ = 1;
};

// A book of 2026-03-02 in EUR, tax 20 % on `standard` and none on `exempt`.
//   items       bolt 10.00 and nut 0.25 (standard), penny 0.01 (exempt)
//   warehouse   north: 100 bolts, 1000 nuts, 1000000 pennies
//   companies   acme with a limit of 1,000.00; ann buys for it (up to 500.00), bob approves
class Shop : public Story {
 public:
  Shop();
};

// Lines of "item quantity" for PlaceOrder: lines({{"bolt","2"},{"nut","5"}}).
struct LineText {
  std::string_view item;
  std::string_view quantity;
};
std::string lines(const std::vector<LineText>& lines);

}  // namespace kontor::test
