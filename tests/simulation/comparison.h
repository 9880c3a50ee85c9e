// Comparison: one book of the engine beside the model, part by part. The first difference stays.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "projections/book.h"
#include "tests/simulation/model/deciding.h"

namespace kontor::test {

namespace m = model;

inline int place_of(std::uint32_t ordinal) {
  return ordinal == kNoOrdinal ? m::kNone : static_cast<int>(ordinal);
}
inline std::uint32_t ordinal_of(int place) {
  return static_cast<std::uint32_t>(place);
}

class Comparison {
 public:
  Comparison(const Book& book, const m::State& model) : book_(book), model_(model) {}

  void settings();
  void order(int place);
  void orders();
  void settled(const m::Order& of);
  void stock();
  void wishes();
  void accounts();
  void invoices();
  void payments();
  void credit_notes();
  void spending();
  const std::optional<std::string>& found() const { return found_; }

 private:
  // The first difference stays.
  template <class A, class B>
  void same(const std::string& where, const char* what, A engine, B model) {
    const auto a = static_cast<std::int64_t>(engine);
    const auto b = static_cast<std::int64_t>(model);
    if (found_ || a == b) return;
    found_ =
        where + ": " + what + " is " + std::to_string(a) + ", by the model " + std::to_string(b);
  }
  void left(SettledKind kind, const std::string& name, m::Int left);
  void invoice(const Invoice& invoice, const m::Invoice& of);
  void policies();
  void line(const std::string& where, const OrderLineState& engine, const m::Line& model);
  void reservations(const std::string& where, const Order& engine, const m::Order& model);
  void hold(const std::string& where, const Order& engine, const m::Order& model);
  void approval(const std::string& where, const Order& engine, const m::Order& model);
  void deposit(const std::string& where, const Order& engine, const m::Order& model);
  void account(int company, const m::Exposure& model);
  void due_dates(int company);

  const Book& book_;
  const m::State& model_;
  std::optional<std::string> found_;
};

}  // namespace kontor::test
