// What somebody may want: an order, and everything that becomes one later.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/model/values.h"

namespace kontor::model {

using Names = std::vector<std::string>;

struct ItemQuantity {
  std::string item;
  Int quantity = 0;
  bool operator==(const ItemQuantity&) const = default;
};

struct PlaceLine {
  std::string item;
  Int quantity = 0;
  std::optional<Int> unit_price;
  bool operator==(const PlaceLine&) const = default;
};
struct PlaceOrder {
  std::string order;
  std::string company;
  std::string buyer;
  std::string payer;
  Currency currency = 0;
  std::string terms;
  std::optional<Day> requested;
  std::string region;
  std::string country;
  std::string cost_centre;
  bool no_split = false;
  bool prepaid = false;
  std::vector<PlaceLine> lines;
  bool operator==(const PlaceOrder&) const = default;
};

// What is wanted, as PlaceOrder says it; `order` is the name of the draft or recurring order.
struct SaveDraft {
  PlaceOrder wish;
  bool operator==(const SaveDraft&) const = default;
};
struct PlaceDraft {
  std::string draft;
  std::string order;
  bool operator==(const PlaceDraft&) const = default;
};
struct DiscardDraft {
  std::string draft;
  bool operator==(const DiscardDraft&) const = default;
};
struct DefineTemplate {
  std::string template_name;
  std::string company;
  std::vector<ItemQuantity> lines;
  bool withdrawn = false;
  bool operator==(const DefineTemplate&) const = default;
};
struct Reorder {
  std::string order;  // one of these two
  std::string template_name;
  std::string new_order;  // and one of these
  std::string new_draft;
  std::string company;
  std::string buyer;
  std::optional<Day> requested;
  bool leave_out = false;
  bool operator==(const Reorder&) const = default;
};
enum class Every { kDay = 0, kWeek = 1, kMonth = 2 };
struct DefineRecurringOrder {
  PlaceOrder wish;
  int every = 1;
  Every unit = Every::kMonth;
  Day from = 0;
  std::optional<Day> until;
  int count = 0;
  bool operator==(const DefineRecurringOrder&) const = default;
};
struct StopRecurringOrder {
  std::string order;
  bool operator==(const StopRecurringOrder&) const = default;
};

}  // namespace kontor::model
