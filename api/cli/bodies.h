// Bodies: builds the FlatBuffers bodies of commands for senders that make many of them. What a
// function returns is valid until the next call. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "events/base/money.h"
#include "events/base/time.h"

namespace kontor::cli {

struct CompanyBody {
  std::string_view company;
  std::string_view legal_name;
  std::string_view country;
  std::string_view terms;
  std::string_view price_list;
};

struct BuyerBody {
  std::string_view buyer;
  std::string_view company;
  std::string_view role;
  Minor order_limit{kAbsent};
};

struct LineBody {
  std::string_view item;
  Quantity quantity;
  UnitPrice unit_price{kAbsent};  // ReceiveStock has none
};

struct OrderBody {
  std::string_view order;
  std::string_view company;
  std::string_view buyer;
  std::span<const LineBody> lines;
};

struct PaymentBody {
  std::string_view payment;
  std::string_view payer;
  Minor amount;
  std::string_view invoice;  // empty: on account
};

struct ReturnedLineBody {
  std::uint32_t line = 0;  // of the order, from 1
  Quantity quantity;
};

struct ReturnBody {
  std::string_view order;
  std::string_view goods_return;
  std::string_view warehouse;  // whose shelf takes all of it
  std::span<const ReturnedLineBody> lines;
};

// Credits what came back with a return.
struct CreditNoteBody {
  std::string_view credit_note;
  std::string_view invoice;
  std::string_view goods_return;
  std::span<const ReturnedLineBody> lines;
};

class Bodies {
 public:
  using Body = std::span<const std::byte>;

  Bodies();
  ~Bodies();
  Bodies(const Bodies&) = delete;
  Bodies& operator=(const Bodies&) = delete;

  Body open_book(std::string_view book, std::string_view country, CurrencyCode currency,
                 Date first_business_date);
  Body set_policy(std::uint16_t policy, std::string_view value);
  Body net_terms(std::string_view terms, std::int16_t days);  // the book's default
  Body tax_rate(std::string_view category, Percent rate);
  Body item(std::string_view item, std::string_view description, std::string_view tax_category);
  Body price(std::string_view list, std::string_view item, UnitPrice price);
  Body warehouse(std::string_view warehouse);
  Body company(const CompanyBody& company);
  Body buyer(const BuyerBody& buyer);
  Body credit_limit(std::string_view company, Minor limit);

  Body open_day(Date date);
  Body receive(std::string_view receipt, std::string_view warehouse,
               std::span<const LineBody> lines);
  Body place(const OrderBody& order);
  Body approve(std::string_view order);
  Body allocate(std::string_view order);
  Body ship(std::string_view order, std::string_view shipment);
  Body invoice(std::string_view order, std::string_view invoice);
  Body pay(const PaymentBody& payment);
  Body give_back(const ReturnBody& goods);
  Body credit_return(const CreditNoteBody& note);

 private:
  struct Builder;
  std::unique_ptr<Builder> builder_;
};

}  // namespace kontor::cli
