// The commands that a year of Online Retail becomes, in the order they are sent: master data first,
// then day by day the goods that come in, the orders through to their invoices, what is cancelled
// as a return and a credit note that names it, and the payments that fall due. A customer pays each
// invoice once, on its due date, with what is then open of it; what is credited later stays
// unapplied. Ids are made of the file's own numbers, so that sending again changes nothing, and
// an import of some days is the beginning of the import of more.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/cli/bodies.h"
#include "api/cli/online_retail.h"
#include "api/client/client.h"

namespace kontor::cli {

inline constexpr std::string_view kRetailBook = "online-retail";
inline constexpr std::int32_t kRetailTermsDays = 30;

// What the server must say when all of it is done.
struct RetailExpectation {
  std::uint64_t invoices = 0;
  Minor invoiced;
  std::uint64_t payments = 0;
  Minor paid;
  std::uint64_t open_invoices = 0;  // due after the last day, and not credited in full
  Minor open;
  std::uint64_t credit_notes = 0;
  Minor credited;
  Minor unapplied;  // of credit notes issued when the invoice was paid
};
// What becomes of one invoice by the last day.
struct RetailSettlement {
  Minor paid;
  Minor open;
  Minor unapplied;
};
std::vector<RetailSettlement> settle(const RetailYear& year);  // by invoice
RetailExpectation expectation(const RetailYear& year);

class RetailPlan {
 public:
  // Takes the next command; an error ends it.
  using Send = std::function<Status(const CommandToSend&)>;

  explicit RetailPlan(const RetailYear& year);

  std::uint64_t command_count() const;             // of send_all
  CommandToSend open_book(std::string_view book);  // for book 0; valid until the next call
  Status send_all(const Send& send);

 private:
  struct Day {
    Date date;
    std::vector<std::uint32_t> invoices;  // indices
    std::vector<std::uint32_t> credits;
    std::vector<std::uint32_t> paid;  // invoices that fall due on it, with something open
  };

  Status send_master_data(const Send& send);
  Status send_day(const Send& send, const Day& day);
  Status send_receipt(const Send& send, const Day& day);
  Status send_invoice(const Send& send, const RetailInvoice& invoice);
  Status send_credit(const Send& send, const RetailCredit& credit);
  Status send_payment(const Send& send, const RetailInvoice& invoice, Minor amount);
  CommandToSend make(std::string_view verb, std::string_view name, std::uint16_t kind,
                     Bodies::Body body);

  const RetailYear& year_;
  std::vector<RetailSettlement> settlements_;
  std::vector<Day> days_;
  Bodies bodies_;
  std::string id_;
  std::vector<LineBody> lines_;
  std::vector<ReturnedLineBody> returned_;
  std::vector<std::int64_t> received_;  // pieces by item, for one day
};

}  // namespace kontor::cli
