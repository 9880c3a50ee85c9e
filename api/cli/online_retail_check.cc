// What the book says about an import: asked for all invoices and credit notes, page by page.
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include <nlohmann/json.hpp>

#include "wire_generated.h"

#include "api/cli/online_retail_report.h"
#include "api/cli/questions.h"
#include "events/base/currency.h"

namespace kontor::cli {
namespace {

constexpr int kPenceDecimals = 2;

// Money of an answer: a decimal text, or minor units.
std::optional<Minor> money(const nlohmann::json& row, const char* key) {
  const auto found = row.find(key);
  if (found == row.end()) return Minor{0};  // zero is left out
  if (found->is_number_integer()) return Minor{found->get<std::int64_t>()};
  if (!found->is_string()) return std::nullopt;
  const auto minor = parse_decimal(found->get<std::string>(), kPenceDecimals);
  if (!minor) return std::nullopt;
  return Minor{*minor};
}

using Names = std::unordered_set<std::string>;

Error bad_row(std::string_view list, const nlohmann::json& row) {
  return Error{ErrorKind::kMalformed, "the server's list of " + std::string(list) +
                                          " has a row without its name or amounts: " + row.dump()};
}

Status add_invoice(const nlohmann::json& row, const Names& ours, RetailServerSums& sums) {
  const auto name = row.find("invoice");
  const auto total = money(row, "total");
  const auto open = money(row, "open");
  if (name == row.end() || !name->is_string() || !total || !open) return bad_row("invoices", row);
  if (!ours.contains(name->get<std::string>())) return {};
  ++sums.invoices;
  sums.invoiced += *total;
  if (*open == Minor{0}) return {};
  ++sums.open_invoices;
  sums.open += *open;
  return {};
}

Status add_credit_note(const nlohmann::json& row, const Names& ours, RetailServerSums& sums) {
  const auto name = row.find("credit_note");
  const auto total = money(row, "total");
  const auto unapplied = money(row, "unapplied");
  if (name == row.end() || !name->is_string() || !total || !unapplied) {
    return bad_row("credit notes", row);
  }
  if (!ours.contains(name->get<std::string>())) return {};
  ++sums.credit_notes;
  sums.credited += *total;
  sums.unapplied += *unapplied;
  return {};
}

using AddRow = Status (*)(const nlohmann::json&, const Names&, RetailServerSums&);

Status ask_list(Asking& asking, wire::Question question, const Names& ours, AddRow add_row,
                RetailServerSums& sums) {
  QueryToSend query;
  query.question = question;
  return ask_pages(asking, query, 0, [&](const QueryResult& page) -> Status {
    sums.position = page.position.value();
    const auto json = nlohmann::json::parse(answer_body_json(question, page), nullptr, false);
    if (!json.is_object()) return {};
    for (const auto& list : json) {
      if (!list.is_array()) continue;
      for (const auto& row : list) {
        if (Status added = add_row(row, ours, sums); !added) return added;
      }
    }
    return {};
  });
}

}  // namespace

Result<RetailServerSums> ask_retail_sums(Asking& asking, const RetailYear& year) {
  Names invoices;
  for (const RetailInvoice& invoice : year.invoices)
    invoices.insert(invoice.number);
  Names credits;
  for (const RetailCredit& credit : year.credits)
    credits.insert(credit.name);
  RetailServerSums sums;
  Status asked = ask_list(asking, wire::Question::invoices, invoices, &add_invoice, sums);
  if (!asked) return asked.error();
  asked = ask_list(asking, wire::Question::credit_notes, credits, &add_credit_note, sums);
  if (!asked) return asked.error();
  return sums;
}

}  // namespace kontor::cli
