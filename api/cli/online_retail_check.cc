// What the book says about the invoices of an import: asked for all of them, page by page.
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

Status add_row(const nlohmann::json& row, const std::unordered_set<std::string_view>& ours,
               RetailServerSums& sums) {
  const auto name = row.find("invoice");
  const auto total = money(row, "total");
  const auto open = money(row, "open");
  if (name == row.end() || !name->is_string() || !total || !open) {
    return Error{ErrorKind::kMalformed,
                 "the server's list of invoices has a row that says no "
                 "invoice, total or open: " +
                     row.dump()};
  }
  if (!ours.contains(name->get<std::string>())) return {};
  ++sums.invoices;
  sums.invoiced += *total;
  if (*open == Minor{0}) return {};
  ++sums.open_invoices;
  sums.open += *open;
  return {};
}

}  // namespace

Result<RetailServerSums> ask_retail_sums(Asking& asking, const RetailYear& year) {
  std::unordered_set<std::string_view> ours;
  for (const RetailInvoice& invoice : year.invoices)
    ours.insert(invoice.number);
  RetailServerSums sums;
  QueryToSend query;
  query.question = wire::Question::invoices;
  const Status asked =
      ask_pages(asking, query, 0, [&](const QueryResult& page) -> Result<std::uint64_t> {
        sums.position = page.position.value();
        const auto json =
            nlohmann::json::parse(answer_body_json(query.question, page), nullptr, false);
        std::uint64_t rows = 0;
        if (!json.is_object()) return rows;
        for (const auto& list : json) {
          if (!list.is_array()) continue;
          for (const auto& row : list) {
            if (Status added = add_row(row, ours, sums); !added) return added.error();
            ++rows;
          }
        }
        return rows;
      });
  if (!asked) return asked.error();
  return sums;
}

}  // namespace kontor::cli
