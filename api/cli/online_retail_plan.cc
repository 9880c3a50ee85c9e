#include "api/cli/online_retail_plan.h"

#include <map>
#include <utility>

#include "values_generated.h"

#include "events/base/currency.h"
#include "events/codec/catalog.h"

namespace kontor::cli {
namespace {

constexpr std::string_view kActor = "import";
constexpr std::string_view kTerms = "net-30";
constexpr std::string_view kWarehouse = "main";
constexpr std::string_view kUntaxed = "none";
constexpr std::string_view kCountry = "GB";
constexpr std::uint64_t kSettings = 5;  // policies, terms, tax rate, warehouse

Date due_date(const RetailInvoice& invoice) {
  return add_days(invoice.date, kRetailTermsDays);
}

}  // namespace

// Credits up to the due date lessen what is paid on it; later ones find nothing open.
std::vector<RetailSettlement> settle(const RetailYear& year) {
  std::vector<RetailSettlement> out(year.invoices.size());
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i].open = year.invoices[i].total;
  for (const RetailCredit& credit : year.credits) {
    const Date due = due_date(year.invoices[credit.invoice]);
    RetailSettlement& of = out[credit.invoice];
    const bool was_paid = due <= year.last_day && credit.date > due;
    if (was_paid) {
      of.unapplied += credit.total;
    } else {
      of.open -= credit.total;
    }
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (due_date(year.invoices[i]) <= year.last_day) std::swap(out[i].paid, out[i].open);
  }
  return out;
}

RetailExpectation expectation(const RetailYear& year) {
  RetailExpectation expected;
  expected.invoices = year.invoices.size();
  expected.invoiced = year.invoiced;
  expected.credit_notes = year.credits.size();
  expected.credited = year.credited;
  for (const RetailSettlement& one : settle(year)) {
    if (one.paid > Minor{0}) ++expected.payments;
    if (one.open > Minor{0}) ++expected.open_invoices;
    expected.paid += one.paid;
    expected.open += one.open;
    expected.unapplied += one.unapplied;
  }
  return expected;
}

RetailPlan::RetailPlan(const RetailYear& year) : year_(year), settlements_(settle(year)) {
  std::map<Date, Day> days;
  for (std::uint32_t i = 0; i < year.invoices.size(); ++i) {
    days[year.invoices[i].date].invoices.push_back(i);
    if (settlements_[i].paid > Minor{0}) days[due_date(year.invoices[i])].paid.push_back(i);
  }
  for (std::uint32_t i = 0; i < year.credits.size(); ++i)
    days[year.credits[i].date].credits.push_back(i);
  for (auto& [date, day] : days) {
    day.date = date;
    days_.push_back(std::move(day));
  }
}

CommandToSend RetailPlan::make(std::string_view verb, std::string_view name, std::uint16_t kind,
                               Bodies::Body body) {
  id_.assign("or-").append(verb);
  if (!name.empty()) id_.append("-").append(name);
  CommandToSend command;
  command.id = id_;
  command.actor = kActor;
  command.kind = kind;
  command.body = body;
  return command;
}

CommandToSend RetailPlan::open_book(std::string_view book) {
  const CurrencyCode pounds = find_currency("GBP")->code;
  return make("book", book, number_of<OpenBook>,
              bodies_.open_book(book, kCountry, pounds, year_.first_day));
}

std::uint64_t RetailPlan::command_count() const {
  std::uint64_t count = kSettings + year_.items.size() + year_.customers.size();
  for (const Day& day : days_) {
    count += day.date == year_.first_day ? 0U : 1U;
    count += day.invoices.empty() ? 0 : 1 + 4 * day.invoices.size();
    count += 2 * day.credits.size() + day.paid.size();
  }
  return count;
}

Status RetailPlan::send_all(const Send& send) {
  if (Status sent = send_master_data(send); !sent) return sent;
  for (const Day& day : days_) {
    if (Status sent = send_day(send, day); !sent) return sent;
  }
  return {};
}

Status RetailPlan::send_master_data(const Send& send) {
  const auto policy = [&](std::string_view name, PolicyKey key, std::string_view value) {
    return send(make("policy", name, number_of<SetPolicy>,
                     bodies_.set_policy(static_cast<std::uint16_t>(key), value)));
  };
  if (Status s = policy("price", PolicyKey::price_from, "command"); !s) return s;
  if (Status s = policy("credit", PolicyKey::credit_absent_limit, "unlimited"); !s) return s;
  if (Status s = send(make("terms", kTerms, number_of<DefineTerms>,
                           bodies_.net_terms(kTerms, kRetailTermsDays)));
      !s) {
    return s;
  }
  if (Status s = send(
          make("tax", kUntaxed, number_of<SetTaxRate>, bodies_.tax_rate(kUntaxed, Percent{0})));
      !s) {
    return s;
  }
  if (Status s = send(make("warehouse", kWarehouse, number_of<RegisterWarehouse>,
                           bodies_.warehouse(kWarehouse)));
      !s) {
    return s;
  }
  for (const RetailItem& item : year_.items) {
    const auto body = bodies_.item(item.code, item.description, kUntaxed);
    if (Status s = send(make("item", item.code, number_of<RegisterItem>, body)); !s) return s;
  }
  for (const RetailCustomer& customer : year_.customers) {
    const auto body = bodies_.company({.company = customer.id,
                                       .legal_name = {},
                                       .country = customer.country,
                                       .terms = {},
                                       .price_list = {}});
    if (Status s = send(make("company", customer.id, number_of<RegisterCompany>, body)); !s) {
      return s;
    }
  }
  return {};
}

Status RetailPlan::send_day(const Send& send, const Day& day) {
  if (day.date != year_.first_day) {
    const auto body = bodies_.open_day(day.date);
    if (Status s = send(make("day", format_date(day.date), number_of<OpenBusinessDay>, body)); !s) {
      return s;
    }
  }
  if (Status s = send_receipt(send, day); !s) return s;
  for (const std::uint32_t i : day.invoices) {
    if (Status s = send_invoice(send, year_.invoices[i]); !s) return s;
  }
  for (const std::uint32_t i : day.credits) {
    if (Status s = send_credit(send, year_.credits[i]); !s) return s;
  }
  for (const std::uint32_t i : day.paid) {
    if (Status s = send_payment(send, year_.invoices[i], settlements_[i].paid); !s) return s;
  }
  return {};
}

// All that the day's invoices need, in one delivery.
Status RetailPlan::send_receipt(const Send& send, const Day& day) {
  if (day.invoices.empty()) return {};
  received_.resize(year_.items.size());
  lines_.clear();
  std::vector<std::uint32_t> order;
  for (const std::uint32_t i : day.invoices) {
    for (const RetailLine& line : year_.invoices[i].lines) {
      if (received_[line.item] == 0) order.push_back(line.item);
      received_[line.item] += line.quantity;
    }
  }
  for (const std::uint32_t item : order) {
    lines_.push_back(
        {.item = year_.items[item].code, .quantity = Quantity{received_[item] * kQuantityUnit}});
    received_[item] = 0;
  }
  const std::string receipt = format_date(day.date);
  return send(make("receive", receipt, number_of<ReceiveStock>,
                   bodies_.receive(receipt, kWarehouse, lines_)));
}

Status RetailPlan::send_invoice(const Send& send, const RetailInvoice& invoice) {
  const std::string_view number = invoice.number;
  lines_.clear();
  for (const RetailLine& line : invoice.lines) {
    lines_.push_back({.item = year_.items[line.item].code,
                      .quantity = Quantity{line.quantity * kQuantityUnit},
                      .unit_price = line.price});
  }
  const auto body = bodies_.place({.order = number,
                                   .company = year_.customers[invoice.customer].id,
                                   .buyer = {},
                                   .lines = lines_});
  if (Status s = send(make("place", number, number_of<PlaceOrder>, body)); !s) return s;
  if (Status s = send(make("allocate", number, number_of<AllocateOrder>, bodies_.allocate(number)));
      !s) {
    return s;
  }
  if (Status s = send(make("ship", number, number_of<ShipOrder>, bodies_.ship(number, number)));
      !s) {
    return s;
  }
  return send(make("invoice", number, number_of<InvoiceOrder>, bodies_.invoice(number, number)));
}

// The goods come back on the shelf; the credit note names the return.
Status RetailPlan::send_credit(const Send& send, const RetailCredit& credit) {
  const std::string_view name = credit.name;
  const std::string_view number = year_.invoices[credit.invoice].number;
  returned_.clear();
  for (const RetailCredit::Line& part : credit.lines) {
    returned_.push_back(
        {.line = part.line + 1, .quantity = Quantity{part.quantity * kQuantityUnit}});
  }
  const auto body = bodies_.give_back(
      {.order = number, .goods_return = name, .warehouse = kWarehouse, .lines = returned_});
  if (Status s = send(make("return", name, number_of<ReturnGoods>, body)); !s) return s;
  return send(make(
      "credit", name, number_of<IssueCreditNote>,
      bodies_.credit_return(
          {.credit_note = name, .invoice = number, .goods_return = name, .lines = returned_})));
}

Status RetailPlan::send_payment(const Send& send, const RetailInvoice& invoice, Minor amount) {
  const auto body = bodies_.pay({.payment = invoice.number,
                                 .payer = year_.customers[invoice.customer].id,
                                 .amount = amount,
                                 .invoice = invoice.number});
  return send(make("pay", invoice.number, number_of<RecordPayment>, body));
}

}  // namespace kontor::cli
