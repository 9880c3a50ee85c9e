#include "api/cli/online_retail_plan.h"

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

bool is_paid(const RetailInvoice& invoice, Date last_day) {
  return due_date(invoice) <= last_day && invoice.total > Minor{0};
}

}  // namespace

RetailExpectation expectation(const RetailYear& year) {
  RetailExpectation expected;
  for (const RetailInvoice& invoice : year.invoices) {
    ++expected.invoices;
    expected.invoiced += invoice.total;
    if (is_paid(invoice, year.last_day)) {
      ++expected.payments;
      expected.paid += invoice.total;
    } else if (invoice.total > Minor{0}) {
      ++expected.open_invoices;
      expected.open += invoice.total;
    }
  }
  return expected;
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

// Invoices are in order of day, and so are their due dates: two places in the same row.
std::vector<RetailPlan::Day> RetailPlan::days() const {
  std::vector<Day> days;
  const std::span<const RetailInvoice> all(year_.invoices);
  std::size_t next = 0;
  std::size_t next_due = 0;
  while (next < all.size()) {  // what falls due after the last invoice's day stays open
    const bool by_invoice = all[next].date <= due_date(all[next_due]);
    Day day;
    day.date = by_invoice ? all[next].date : due_date(all[next_due]);
    const std::size_t begin = next;
    while (next < all.size() && all[next].date == day.date)
      ++next;
    day.invoices = all.subspan(begin, next - begin);
    for (; next_due < all.size() && due_date(all[next_due]) == day.date; ++next_due) {
      if (all[next_due].total > Minor{0}) day.paid.push_back(&all[next_due]);
    }
    if (!day.invoices.empty() || !day.paid.empty()) days.push_back(std::move(day));
  }
  return days;
}

std::uint64_t RetailPlan::command_count() const {
  std::uint64_t count = kSettings + year_.items.size() + year_.customers.size();
  for (const Day& day : days()) {
    count += day.date == year_.first_day ? 0U : 1U;
    count += day.invoices.empty() ? 0 : 1 + 4 * day.invoices.size();
    count += day.paid.size();
  }
  return count;
}

Status RetailPlan::send_all(const Send& send) {
  if (Status sent = send_master_data(send); !sent) return sent;
  for (const Day& day : days()) {
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
  if (Status s = send_receipt(send, day.invoices); !s) return s;
  for (const RetailInvoice& invoice : day.invoices) {
    if (Status s = send_invoice(send, invoice); !s) return s;
  }
  for (const RetailInvoice* invoice : day.paid) {
    if (Status s = send_payment(send, *invoice); !s) return s;
  }
  return {};
}

// All that the day's invoices need, in one delivery.
Status RetailPlan::send_receipt(const Send& send, std::span<const RetailInvoice> invoices) {
  if (invoices.empty()) return {};
  received_.resize(year_.items.size());
  lines_.clear();
  std::vector<std::uint32_t> order;
  for (const RetailInvoice& invoice : invoices) {
    for (const RetailLine& line : invoice.lines) {
      if (received_[line.item] == 0) order.push_back(line.item);
      received_[line.item] += line.quantity;
    }
  }
  for (const std::uint32_t item : order) {
    lines_.push_back(
        {.item = year_.items[item].code, .quantity = Quantity{received_[item] * kQuantityUnit}});
    received_[item] = 0;
  }
  const std::string receipt = format_date(invoices.front().date);
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

Status RetailPlan::send_payment(const Send& send, const RetailInvoice& invoice) {
  const auto body = bodies_.pay({.payment = invoice.number,
                                 .payer = year_.customers[invoice.customer].id,
                                 .amount = invoice.total,
                                 .invoice = invoice.number});
  return send(make("pay", invoice.number, number_of<RecordPayment>, body));
}

}  // namespace kontor::cli
