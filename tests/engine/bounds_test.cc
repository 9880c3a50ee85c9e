// What grows with lines times warehouses stays within what a decision may carry.
#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "events/base/limits.h"
#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

constexpr int kItems = 500;
constexpr int kWarehouses = 18;

// 500 items, of each one unit in each of 18 warehouses.
void stock_everywhere(Shop& shop) {
  std::string arrivals;
  for (int i = 0; i < kItems; ++i) {
    const std::string item = "part-" + std::to_string(i);
    shop.given(R"("RegisterItem":{"item":")" + item + R"(","tax_category":"exempt"})");
    shop.given(R"("SetPrice":{"list":"retail","item":")" + item +
               R"(","breaks":[{"from_quantity":0,"unit_price":"0.01"}]})");
    arrivals.append(i == 0 ? "" : ",").append(R"({"quantity":1,"item":")").append(item);
    arrivals += R"("})";
  }
  for (int i = 0; i < kWarehouses; ++i) {
    const std::string place = "place-" + std::to_string(i);
    shop.given(R"("RegisterWarehouse":{"warehouse":")" + place + R"("})");
    shop.given(R"("ReceiveStock":{"receipt":"R-)" + place + R"(","warehouse":")" + place +
               R"(","lines":[)" + arrivals + "]}");
  }
}

std::string order_of_everything() {
  std::string out;
  for (int i = 0; i < kItems; ++i) {
    out += (i == 0 ? "" : ",") + std::string(R"({"quantity":)") + std::to_string(kWarehouses) +
           R"(,"item":"part-)" + std::to_string(i) + R"("})";
  }
  return R"("PlaceOrder":{"order":"O-1","company":"acme","lines":[)" + out + "]}";
}

// Each is as much as the wire can say; where shipping takes stock itself, each is refused.
TEST(ShipOrder, RefusesQuantitiesThatNoSumCanHold) {
  Shop shop;
  shop.policy("stock.at", "shipment");
  shop.place("O-1", "bolt", "10");
  constexpr std::string_view kAll =
      R"({"line":1,"warehouse":"north","quantity":"9223372036854.7"})";
  const std::string all(kAll);
  const Answer answer = shop.when(R"("ShipOrder":{"order":"O-1","shipment":"S-1","lines":[)" + all +
                                  "," + all + "," + all + "]}");
  EXPECT_EQ(answer.reasons, "more_than_open more_than_open more_than_open");
}

TEST(AllocateOrder, HoldsNoMorePartsForAnOrderThanOneDecisionCanGiveBack) {
  Shop shop;
  shop.check_every(200);
  stock_everywhere(shop);
  shop.given(order_of_everything());
  shop.given(R"("AllocateOrder":{"order":"O-1"})");
  const Order& order = shop.order("O-1");
  EXPECT_EQ(shop.book().stock().reservation_count(OrderRef{order.ref}), limits::kReservationsMax);
  const Answer cancelled = shop.cancel("O-1");
  EXPECT_EQ(cancelled.events, "ReservationReleased LinesCancelled CreditReleased OrderCancelled");
  EXPECT_EQ(shop.book().stock().reservation_count(OrderRef{order.ref}), 0U);
}

// A command with one more of something than it may carry, where that is fewer than JSON takes at
// all.
struct Bound {
  std::string_view name;
  std::string_view before;
  std::string_view one;
  int most;
  int there = 0;  // counted with them, there already
};

std::string repeated(const Bound& bound, int times) {
  std::string out(bound.before);
  for (int i = 0; i < times; ++i) {
    if (i > 0) out += ",";
    out += bound.one;
  }
  return out.append("]}");
}

class TooMany : public testing::TestWithParam<Bound> {};

TEST_P(TooMany, IsRefusedAndTheMostIsNot) {
  Shop shop;
  shop.given(R"("PlaceOrder":{"order":"O-1","company":"acme","lines":[
               {"item":"bolt","quantity":10}]})");
  shop.given(R"("AllocateOrder":{"order":"O-1"})");
  shop.given(R"("ShipOrder":{"order":"O-1","shipment":"S-1"})");
  shop.given(R"("InvoiceOrder":{"order":"O-1","invoice":"I-1"})");
  shop.given(R"("RecordPayment":{"payment":"P-1","payer":"acme","amount":"1.00"})");
  shop.given(R"("PlaceOrder":{"order":"O-2","company":"acme","lines":[
               {"item":"bolt","quantity":10}]})");
  shop.given(R"("AllocateOrder":{"order":"O-2"})");
  const Bound& bound = GetParam();
  const auto says_too_many = [](const Answer& answer) {
    return (" " + answer.reasons + " ").find(" too_many ") != std::string::npos;
  };
  const Answer more = shop.when(repeated(bound, bound.most + 1));
  EXPECT_TRUE(more.refused());
  EXPECT_TRUE(says_too_many(more)) << more.reasons;
  const std::string told = "at most " + std::to_string(bound.most + bound.there) + " ";
  EXPECT_TRUE(std::any_of(more.grounds.begin(), more.grounds.end(), [&](const ReasonText& reason) {
    return reason.name.find(told) != std::string::npos;
  }));
  EXPECT_FALSE(says_too_many(shop.when(repeated(bound, bound.most))));
}

constexpr auto kBounds = std::to_array<Bound>({
    {"LinesAdded", R"("AmendOrder":{"order":"O-2","amendment":"A-9","lines":[)",
     R"({"item":"bolt","quantity":1})", 4999, 1},
    {"LinesCredited", R"("IssueCreditNote":{"credit_note":"N-9","invoice":"I-1","amounts":[)",
     R"({"line":1,"amount":"0.01"})", 3000},
    {"InvoicesOfAPayment",
     R"("RecordPayment":{"payment":"P-9","payer":"acme","amount":"1.00","invoices":[)",
     R"({"invoice":"I-1","amount":"0.01"})", 4096},
    {"InvoicesOfAnApplication",
     R"("ApplyCredit":{"application":"X-9","payment":"P-1","invoices":[)",
     R"({"invoice":"I-1","amount":"0.01"})", 4096},
    {"BreaksOfAPrice", R"("SetPrice":{"list":"retail","item":"bolt","breaks":[)",
     R"({"from_quantity":0,"unit_price":"1.00"})", 64},
    {"RolesOfABuyer", R"("RegisterBuyer":{"buyer":"eva","company":"acme","roles":[)",
     R"({"role":"buyer"})", 64},
});

INSTANTIATE_TEST_SUITE_P(Bounds, TooMany, testing::ValuesIn(kBounds),
                         [](const testing::TestParamInfo<Bound>& row) {
                           return std::string(row.param.name);
                         });

}  // namespace
}  // namespace kontor::test
