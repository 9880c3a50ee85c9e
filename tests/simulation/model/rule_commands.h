// How rules are said. Enumerators carry the permanent numbers of events/schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/model/values.h"

namespace kontor::model {

using Names = std::vector<std::string>;
using Currency = std::uint16_t;  // ISO 4217; 0: not given

enum class Scope {
  kBook = 0,
  kTag = 1,
  kCompany = 2,
  kCompanyAndBelow = 3,
  kClass = 4,
  kRole = 5,
  kBuyer = 6,
  kItemCategory = 7,
  kAssortment = 8,
  kItem = 9,
};
enum class Moment { kPlacement = 0, kApproval = 1, kAllocation = 2, kShipment = 3, kDay = 4 };
enum class Compare { kGreater = 0, kAtLeast = 1, kLess = 2, kAtMost = 3, kEqual = 4, kIn = 5 };
enum class Outcome {
  kRefuse = 0,
  kHold = 1,
  kWarn = 2,
  kDeposit = 3,
  kAsk = 4,
  kApprove = 5,
  kExclude = 6
};
enum class Figure {
  kTotal = 1,
  kNet = 2,
  kLinePrice = 3,
  kDistinctItems = 4,
  kWeight = 5,
  kFreight = 6,
  kTerms = 7,
  kSettlement = 8,
  kDaysToRequested = 9,
  kCountry = 10,
  kRecurring = 11,
  kCostCentre = 12,
  kRole = 13,
  kOverOrderLimit = 20,
  kOverPeriodLimit = 21,
  kOverBudget = 22,
  kExposureOverLimit = 40,
  kExposureAfter = 41,
  kLimitUsed = 42,
  kBucket = 43,
  kOldestOverdue = 44,
  kOverdueAmount = 45,
  kOverdueShare = 46,
  kTermsLonger = 47,
  kStanding = 48,
  kLimitExpired = 49,
  kReviewPassed = 50,
  kPaidInvoices = 51,
  kAgainstClass = 52
};
enum class Whose { kPayer = 0, kAnyAncestor = 1, kSharedLimit = 2 };
enum class Bucket { kOrdered = 0, kDelivered = 1, kReceivable = 2, kDeposits = 3, kUnapplied = 4 };

struct Condition {
  Figure figure = Figure::kTotal;
  Compare compare = Compare::kGreater;
  std::optional<Int> amount;
  std::optional<Int> percent;
  std::optional<Int> days;
  std::optional<Int> count;
  std::optional<Names> names;
  Currency currency = 0;
  Bucket bucket = Bucket::kOrdered;
  Whose whose = Whose::kPayer;
  int grace = 0;
  bool operator==(const Condition&) const = default;
};

inline constexpr int kEverybody = 65535;
struct Group {
  Names people;
  Names roles;
  int needed = 1;
  bool climb = false;
  bool cost_centre_owner = false;
  bool operator==(const Group&) const = default;
};
struct Tier {
  int number = 1;
  std::vector<Group> groups;
  bool operator==(const Tier&) const = default;
};

struct SetRule {
  std::string rule;
  Scope scope_kind = Scope::kBook;
  std::string scope;
  Moment moment = Moment::kPlacement;
  std::vector<Condition> conditions;
  Outcome outcome = Outcome::kRefuse;
  Int deposit = 0;  // percent, in 10^-4
  std::vector<Tier> tiers;
  std::string exclude;
  std::optional<Day> valid_from;
  std::optional<Day> valid_to;
  bool withdrawn = false;
  bool operator==(const SetRule&) const = default;
};

}  // namespace kontor::model
