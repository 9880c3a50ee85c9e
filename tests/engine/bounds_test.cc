// What grows with lines times warehouses stays within what a decision may carry.
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
    arrivals += (i == 0 ? "" : ",") + std::string(R"({"quantity":1,"item":")") + item + R"("})";
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

}  // namespace
}  // namespace kontor::test
