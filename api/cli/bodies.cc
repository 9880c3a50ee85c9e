#include "api/cli/bodies.h"

#include <vector>

#include <flatbuffers/flatbuffers.h>

#include "allocate_order_generated.h"
#include "approve_order_generated.h"
#include "define_terms_generated.h"
#include "invoice_order_generated.h"
#include "issue_credit_note_generated.h"
#include "open_book_generated.h"
#include "open_business_day_generated.h"
#include "place_order_generated.h"
#include "receive_stock_generated.h"
#include "record_payment_generated.h"
#include "register_buyer_generated.h"
#include "register_company_generated.h"
#include "register_item_generated.h"
#include "register_warehouse_generated.h"
#include "return_goods_generated.h"
#include "set_credit_limit_generated.h"
#include "set_policy_generated.h"
#include "set_price_generated.h"
#include "set_tax_rate_generated.h"
#include "ship_order_generated.h"

namespace kontor::cli {
namespace {

using Text = flatbuffers::Offset<flatbuffers::String>;
using Texts = flatbuffers::Offset<flatbuffers::Vector<Text>>;

}  // namespace

struct Bodies::Builder {
  flatbuffers::FlatBufferBuilder fbb{64U << 10};
  std::vector<Text> names;
  std::vector<PlaceLine> place_lines;
  std::vector<ReceivedLine> received_lines;

  flatbuffers::FlatBufferBuilder& begin() {
    fbb.Clear();
    return fbb;
  }
  // Empty: absent.
  Text text(std::string_view value) {
    if (value.empty()) return 0;
    return fbb.CreateString(value.data(), value.size());
  }
  Texts texts(std::string_view only) {
    if (only.empty()) return 0;
    const Text value = text(only);
    return fbb.CreateVector(&value, 1);
  }
  // One name per line: the pool need not be free of doubles.
  Texts pool(std::span<const LineBody> lines) {
    names.clear();
    for (const LineBody& line : lines)
      names.push_back(text(line.item));
    return fbb.CreateVector(names);
  }
  // A command that says one name.
  template <class Command>
  Body one_name(std::string_view value, void (Command::*add)(Text)) {
    begin();
    const Text name = text(value);
    Command command(fbb);
    (command.*add)(name);
    return finish(command.Finish());
  }
  // A command that says two.
  template <class Command>
  Body two_names(std::string_view one, void (Command::*add_one)(Text), std::string_view other,
                 void (Command::*add_other)(Text)) {
    begin();
    const Text first = text(one);
    const Text second = text(other);
    Command command(fbb);
    (command.*add_one)(first);
    (command.*add_other)(second);
    return finish(command.Finish());
  }
  template <class Table>
  Body finish(flatbuffers::Offset<Table> root) {
    fbb.Finish(root);
    return std::as_bytes(std::span(fbb.GetBufferPointer(), fbb.GetSize()));
  }
};

Bodies::Bodies() : builder_(std::make_unique<Builder>()) {
}
Bodies::~Bodies() = default;

Bodies::Body Bodies::open_book(std::string_view book, std::string_view country,
                               CurrencyCode currency, Date first_business_date) {
  auto& fbb = builder_->begin();
  const Text name = builder_->text(book);
  const Text legal_name = builder_->text(book);
  const Text where = builder_->text(country);
  OpenBookBuilder table(fbb);
  table.add_book(name);
  table.add_legal_name(legal_name);
  table.add_country(where);
  table.add_currency(currency.value());
  table.add_calendar(CalendarMode::manual);
  table.add_first_business_date(first_business_date.value());
  return builder_->finish(table.Finish());
}

Bodies::Body Bodies::set_policy(std::uint16_t policy, std::string_view value) {
  auto& fbb = builder_->begin();
  const Text text = builder_->text(value);
  SetPolicyBuilder table(fbb);
  table.add_policy(static_cast<PolicyKey>(policy));
  table.add_value(text);
  return builder_->finish(table.Finish());
}

Bodies::Body Bodies::net_terms(std::string_view terms, std::int16_t days) {
  auto& fbb = builder_->begin();
  const Text name = builder_->text(terms);
  const TermsLine whole(0, static_cast<std::int32_t>(kHundredPercent), 0, days, 0,
                        InstalmentKind::percent, false, false, DayRule::none, 0,
                        TermsStart::invoice);
  const auto lines = fbb.CreateVectorOfStructs(&whole, 1);
  DefineTermsBuilder table(fbb);
  table.add_terms(name);
  table.add_lines(lines);
  table.add_book_default(true);
  return builder_->finish(table.Finish());
}

Bodies::Body Bodies::tax_rate(std::string_view category, Percent rate) {
  auto& fbb = builder_->begin();
  const Text name = builder_->text(category);
  SetTaxRateBuilder table(fbb);
  table.add_category(name);
  table.add_regime(TaxRegime::domestic);
  table.add_rate(rate.value());
  return builder_->finish(table.Finish());
}

Bodies::Body Bodies::item(std::string_view item, std::string_view description,
                          std::string_view tax_category) {
  auto& fbb = builder_->begin();
  const Text name = builder_->text(item);
  const Text what = builder_->text(description);
  const Text category = builder_->text(tax_category);
  RegisterItemBuilder table(fbb);
  table.add_item(name);
  table.add_description(what);
  table.add_tax_category(category);
  return builder_->finish(table.Finish());
}

Bodies::Body Bodies::price(std::string_view list, std::string_view item, UnitPrice price) {
  auto& fbb = builder_->begin();
  const Text list_name = builder_->text(list);
  const Text item_name = builder_->text(item);
  const PriceBreak from_any(0, price.value());
  const auto breaks = fbb.CreateVectorOfStructs(&from_any, 1);
  SetPriceBuilder table(fbb);
  table.add_list(list_name);
  table.add_item(item_name);
  table.add_breaks(breaks);
  return builder_->finish(table.Finish());
}

Bodies::Body Bodies::warehouse(std::string_view warehouse) {
  return builder_->one_name(warehouse, &RegisterWarehouseBuilder::add_warehouse);
}

Bodies::Body Bodies::company(const CompanyBody& company) {
  auto& fbb = builder_->begin();
  const Text name = builder_->text(company.company);
  const Text legal_name = builder_->text(company.legal_name);
  const Text country = builder_->text(company.country);
  const Text terms = builder_->text(company.terms);
  const Texts price_lists = builder_->texts(company.price_list);
  RegisterCompanyBuilder table(fbb);
  table.add_company(name);
  table.add_legal_name(legal_name);
  table.add_country(country);
  table.add_terms(terms);
  table.add_price_lists(price_lists);
  return builder_->finish(table.Finish());
}

Bodies::Body Bodies::buyer(const BuyerBody& buyer) {
  auto& fbb = builder_->begin();
  const Text name = builder_->text(buyer.buyer);
  const Text company = builder_->text(buyer.company);
  const Text role = builder_->text(buyer.role);
  const auto grant = CreateRoleGrant(fbb, role, RoleReach::company);
  const auto roles = fbb.CreateVector(&grant, 1);
  RegisterBuyerBuilder table(fbb);
  table.add_buyer(name);
  table.add_company(company);
  table.add_roles(roles);
  table.add_order_limit(buyer.order_limit.value());
  return builder_->finish(table.Finish());
}

Bodies::Body Bodies::credit_limit(std::string_view company, Minor limit) {
  auto& fbb = builder_->begin();
  const Text name = builder_->text(company);
  SetCreditLimitBuilder table(fbb);
  table.add_company(name);
  table.add_limit(limit.value());
  return builder_->finish(table.Finish());
}

Bodies::Body Bodies::open_day(Date date) {
  auto& fbb = builder_->begin();
  OpenBusinessDayBuilder table(fbb);
  table.add_date(date.value());
  return builder_->finish(table.Finish());
}

Bodies::Body Bodies::receive(std::string_view receipt, std::string_view warehouse,
                             std::span<const LineBody> lines) {
  auto& fbb = builder_->begin();
  const Texts names = builder_->pool(lines);
  const Text document = builder_->text(receipt);
  const Text where = builder_->text(warehouse);
  auto& received = builder_->received_lines;
  received.clear();
  for (const LineBody& line : lines) {
    received.emplace_back(line.quantity.value(), static_cast<std::uint32_t>(received.size()));
  }
  const auto vector = fbb.CreateVectorOfStructs(received);
  ReceiveStockBuilder table(fbb);
  table.add_names(names);
  table.add_receipt(document);
  table.add_warehouse(where);
  table.add_lines(vector);
  return builder_->finish(table.Finish());
}

Bodies::Body Bodies::place(const OrderBody& order) {
  auto& fbb = builder_->begin();
  const Texts names = builder_->pool(order.lines);
  const Text document = builder_->text(order.order);
  const Text company = builder_->text(order.company);
  const Text buyer = builder_->text(order.buyer);
  auto& lines = builder_->place_lines;
  lines.clear();
  for (const LineBody& line : order.lines) {
    lines.emplace_back(line.quantity.value(), line.unit_price.value(),
                       static_cast<std::uint32_t>(lines.size()), 0);
  }
  const auto vector = fbb.CreateVectorOfStructs(lines);
  PlaceOrderBuilder table(fbb);
  table.add_names(names);
  table.add_order(document);
  table.add_company(company);
  table.add_buyer(buyer);
  table.add_lines(vector);
  return builder_->finish(table.Finish());
}

Bodies::Body Bodies::approve(std::string_view order) {
  return builder_->one_name(order, &ApproveOrderBuilder::add_order);
}

Bodies::Body Bodies::allocate(std::string_view order) {
  return builder_->one_name(order, &AllocateOrderBuilder::add_order);
}

Bodies::Body Bodies::ship(std::string_view order, std::string_view shipment) {
  return builder_->two_names(order, &ShipOrderBuilder::add_order, shipment,
                             &ShipOrderBuilder::add_shipment);
}

Bodies::Body Bodies::invoice(std::string_view order, std::string_view invoice) {
  return builder_->two_names(order, &InvoiceOrderBuilder::add_order, invoice,
                             &InvoiceOrderBuilder::add_invoice);
}

Bodies::Body Bodies::pay(const PaymentBody& payment) {
  auto& fbb = builder_->begin();
  const Texts names = builder_->texts(payment.invoice);
  const Text document = builder_->text(payment.payment);
  const Text payer = builder_->text(payment.payer);
  flatbuffers::Offset<flatbuffers::Vector<const PayInvoice*>> invoices = 0;
  if (!payment.invoice.empty()) {
    const PayInvoice what_is_open(kAbsent, 0, 0);
    invoices = fbb.CreateVectorOfStructs(&what_is_open, 1);
  }
  RecordPaymentBuilder table(fbb);
  table.add_names(names);
  table.add_payment(document);
  table.add_payer(payer);
  table.add_amount(payment.amount.value());
  table.add_invoices(invoices);
  return builder_->finish(table.Finish());
}

Bodies::Body Bodies::give_back(const ReturnBody& goods) {
  auto& fbb = builder_->begin();
  const Text order = builder_->text(goods.order);
  const Text document = builder_->text(goods.goods_return);
  const Text where = builder_->text(goods.warehouse);
  std::vector<ReturnLine> lines;
  for (const ReturnedLineBody& line : goods.lines)
    lines.emplace_back(line.quantity.value(), line.line, Disposition::restock);
  const auto vector = fbb.CreateVectorOfStructs(lines);
  ReturnGoodsBuilder table(fbb);
  table.add_order(order);
  table.add_return_(document);
  table.add_warehouse(where);
  table.add_lines(vector);
  return builder_->finish(table.Finish());
}

Bodies::Body Bodies::credit_return(const CreditNoteBody& note) {
  auto& fbb = builder_->begin();
  const Texts names = builder_->texts(note.goods_return);
  const Text document = builder_->text(note.credit_note);
  const Text invoice = builder_->text(note.invoice);
  std::vector<CreditReturn> returns;
  for (const ReturnedLineBody& line : note.lines)
    returns.emplace_back(line.quantity.value(), 0, line.line);
  const auto vector = fbb.CreateVectorOfStructs(returns);
  IssueCreditNoteBuilder table(fbb);
  table.add_names(names);
  table.add_credit_note(document);
  table.add_invoice(invoice);
  table.add_cause(CreditCause::goods_return);
  table.add_returns(vector);
  return builder_->finish(table.Finish());
}

}  // namespace kontor::cli
