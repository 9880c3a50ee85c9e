// A running shop whose settled documents leave memory after 16 events, for tests of what leaves and
// comes back.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "engine/status.h"
#include "events/base/limits.h"
#include "events/codec/catalog.h"
#include "tests/support/engine/live_engine.h"

namespace kontor::test {

class SettledShop : public testing::Test {
 protected:
  void SetUp() override {
    live_.open_shop(R"(,"settled_kept":16)");
    tell(R"("ReceiveStock":{"receipt":"rc","warehouse":"north","lines":[
         {"item":"bolt","quantity":1000}]})");
  }

  EngineAnswer tell(const std::string& command) {
    return live_.ask(R"({"id":"t)" + std::to_string(++told_) + "\"," + command + "}");
  }
  EngineAnswer about(const std::string& command, const std::string& order,
                     const std::string& more = "") {
    return tell("\"" + command + R"(":{"order":")" + order + "\"" + more + "}");
  }
  void given(const EngineAnswer& answer) {
    ASSERT_EQ(answer.status, StatusCode::kDone) << answer.events;
  }
  EngineAnswer place(const std::string& order) {
    return about("PlaceOrder", order, buyer_ + R"(,"company":"acme","region":"south",
                 "lines":[{"item":"bolt","quantity":4},{"item":"bolt","quantity":2}])");
  }
  // Ordered, shipped and billed with 6.00 on I-NAME: nothing is left to do but to pay it.
  void trade(const std::string& order) {
    given(place(order));
    given(about("AllocateOrder", order));
    given(about("ShipOrder", order, R"(,"shipment":"S-)" + order + "\""));
    given(about("InvoiceOrder", order, R"(,"invoice":"I-)" + order + "\""));
  }
  // So many further events, each of a decision of its own.
  void let_pass(std::uint64_t events) {
    for (std::uint64_t i = 0; i < events; ++i)
      tell(R"("SetCreditLimit":{"company":"acme","limit":"1000000.00"})");
  }
  void let_all_leave() { let_pass(limits::kSettledKeptMin); }

  // Calls see(book) on the engine's thread; the book is sound.
  template <class See>
  void with_book(See see) {
    Look question([&](const Books& books) {
      const Book& book = *books.find(BookNumber{1});
      const Status sound = book.check_invariants();
      EXPECT_TRUE(sound.ok()) << sound.error().message;
      see(book);
    });
    EXPECT_EQ(live_.engine().ask(question.question()), StatusCode::kDone);
    EXPECT_TRUE(question.wait_answered());
  }
  std::size_t reopenings() {
    std::size_t count = 0;
    live_.for_each_decision(BookNumber{1}, [&](const DecisionView& decision) {
      if (decision.header().command_kind == number_of<ReopenDocument>) ++count;
    });
    return count;
  }

  LiveEngine live_;
  int told_ = 0;
  std::string buyer_;  // of the orders, as PlaceOrder says it
};

template <class Records>
std::string bytes_of(const Records& records) {
  using Record = typename Records::value_type;
  return {reinterpret_cast<const char*>(records.data()), records.size() * sizeof(Record)};
}

}  // namespace kontor::test
