// A book's saved state that is cut short or damaged is refused or loaded, and never stops the
// process.
#include <random>

#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::vector<std::byte> saved_shop() {
  Shop shop;
  shop.place("O-1", "bolt", "42", R"("buyer":"ann")");
  shop.place("O-2", "bolt", "200");
  shop.place("O-3", "penny", "500");
  shop.allocate("O-3");
  shop.ship("O-3", "S-3");
  shop.invoice("O-3", "I-3");
  shop.pay("P-1", "acme", "2.00");
  shop.place("O-4", "nut", "4000");  // waits for goods
  shop.allocate("O-4");
  shop.limit("acme", "0.01");
  shop.place("O-5", "bolt", "3");  // held
  BufferSink out;
  shop.book().save(out);
  return {out.bytes().begin(), out.bytes().end()};
}

void look_at_everything(const Book& book) {
  std::uint64_t looked = 0;
  for (const Order& order : book.orders().all()) {
    looked += book.orders().lines(order).size() + book.orders().region(order).size() +
              book.orders().country(order).size() + book.orders().name(order).size();
    looked += book.parties().company(CompanyId{order.company}).legal_name.size();
    book.stock().for_each_reservation(OrderRef{order.ref}, [&](const Reservation& held) {
      looked += book.stock().name(WarehouseId{held.warehouse}).size();
    });
    for (const OrderLineState& line : book.orders().lines(order)) {
      looked += book.catalogue().name(ItemId{line.item}).size();
      book.stock().for_each_record(ItemId{line.item}, [&](const StockRecord&) { ++looked; });
    }
  }
  for (const Invoice& invoice : book.receivables().invoices()) {
    for (const InvoiceLineState& line : book.receivables().lines(invoice))
      looked += book.receivables().taxes(invoice)[line.tax].category;
  }
  for (const Payment& payment : book.receivables().payments())
    looked += book.settlements().part_count(payment.ref);
  for (std::uint32_t i = 0; i < book.parties().company_count(); ++i)
    looked += book.parties().depth(CompanyId{i});
  EXPECT_GT(looked, 0U);
}

TEST(SavedState, IsRefusedWhereItIsCutShort) {
  const std::vector<std::byte> bytes = saved_shop();
  for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 100) {
    Book book{BookNumber{1}};
    Source source{std::span<const std::byte>(bytes).first(size)};
    const Status status = book.load(source);
    ASSERT_FALSE(status.ok()) << size;
    EXPECT_NE(status.error().message.find("rebuilt from the log"), std::string::npos);
  }
}

TEST(SavedState, WithAFlippedBitIsLoadedOrRefused) {
  const std::vector<std::byte> bytes = saved_shop();
  std::mt19937_64 random(3);
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    std::vector<std::byte> damaged = bytes;
    damaged[random() % damaged.size()] ^= std::byte{static_cast<unsigned char>(1U << random() % 8)};
    Book book{BookNumber{1}};
    Source source(damaged);
    if (!book.load(source).ok()) {
      ++refused;
      continue;
    }
    // Whatever was taken can be walked from end to end.
    BufferSink saved;
    book.save(saved);
    EXPECT_GT(saved.bytes().size(), 0U);
    look_at_everything(book);
  }
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace kontor::test
