// Which projection folds which event, as the compiler sees it, against the committed table: a
// misspelt `on`, a wrong parameter or a forgotten fold changes the table and is seen here.
#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "events/codec/bodies.h"
#include "events/codec/catalog.h"
#include "projections/book.h"
#include "tests/support/test_data.h"

namespace kontor {
namespace {

constexpr std::string_view kPath = "projections/FOLDS.md";
constexpr std::string_view kHead =
    "# Events and the projections that fold them\n\n"
    "Made from the code by `tests/projections/folds_test.cc`, which fails when this file differs "
    "and\n"
    "prints what it should say.\n\n"
    "| number | event | folded by |\n|---|---|---|\n";

template <class P, class E>
void add_if_folded(std::string_view name, std::string& list) {
  if constexpr (Folds<P, E>) {
    if (!list.empty()) list += ", ";
    list += name;
  }
}

// In the order of their state in Book.
template <class E>
std::string folded_by() {
  std::string list;
  add_if_folded<Parties, E>("parties", list);
  add_if_folded<Catalogue, E>("catalogue", list);
  add_if_folded<Prices, E>("prices", list);
  add_if_folded<Policies, E>("policies", list);
  add_if_folded<TermsBook, E>("terms", list);
  add_if_folded<Rules, E>("rules", list);
  add_if_folded<Stock, E>("stock", list);
  add_if_folded<Orders, E>("orders", list);
  add_if_folded<Approvals, E>("approvals", list);
  add_if_folded<Credit, E>("credit", list);
  add_if_folded<Receivables, E>("receivables", list);
  add_if_folded<CreditNotes, E>("credit_notes", list);
  add_if_folded<Settlements, E>("settlements", list);
  add_if_folded<Calendar, E>("calendar", list);
  add_if_folded<Outcomes, E>("outcomes", list);
  add_if_folded<Budgets, E>("budgets", list);
  add_if_folded<Staff, E>("staff", list);
  add_if_folded<ClassAverages, E>("class_averages", list);
  add_if_folded<Drafts, E>("drafts", list);
  add_if_folded<Deposits, E>("deposits", list);
  return list.empty() ? "nobody: its decision alone tells it" : list;
}

std::string table() {
  std::string text(kHead);
#define KONTOR_FOLD_ROW(Name, number) \
  text += "| " #number " | " #Name " | " + folded_by<Name>() + " |\n";
  KONTOR_EVENTS(KONTOR_FOLD_ROW)
#undef KONTOR_FOLD_ROW
  return text;
}

TEST(Folds, AreWhatTheCommittedTableSays) {
  std::ifstream file(test::source_dir() / kPath);
  const std::string committed{std::istreambuf_iterator<char>(file), {}};
  const std::string now = table();
  EXPECT_TRUE(committed == now)
      << kPath
      << " differs from the code. If the change is meant, the file is to say:\n-----8<-----\n"
      << now << "----->8-----";
}

TEST(Folds, AreTableRowsForEveryProjectionOfTheBook) {
  // A projection that Book owns and folded_by() leaves out would go unseen.
  std::ifstream file(test::source_dir() / "projections/book.h");
  const std::string header{std::istreambuf_iterator<char>(file), {}};
  const std::size_t begin = header.find("std::tuple<Parties");
  ASSERT_NE(begin, std::string::npos);
  const std::string owned = header.substr(begin, header.find('>', begin) - begin);
  constexpr std::ptrdiff_t kListed = 20;
  EXPECT_EQ(std::count(owned.begin(), owned.end(), ',') + 1, kListed)
      << "add the projection to folded_by() above, and count it";
}

}  // namespace
}  // namespace kontor
