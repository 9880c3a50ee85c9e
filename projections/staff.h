// The seller's people: who they are, the roles they hold in the book, and how far the authority of
// each role goes. Folds StaffRegistered. Which act needs which role: engine/rules/authority.h.
// Rules: domain, Who is who.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "projections/envelope.h"
#include "projections/sink.h"
#include "projections/tables.h"

namespace kontor {

struct StaffRegistered;

struct StaffLimit {
  SellerAct act = SellerAct::release_hold;
  std::optional<Minor> amount;  // nothing: whatever the amount
};

struct StaffGrants {
  std::string role;
  std::vector<StaffLimit> limits;
};

struct StaffMember {
  std::string name;
  std::vector<StaffGrants> roles;
  CurrencyCode currency;  // of the limits
  PersonStatus status = PersonStatus::active;
  Sequence last_change;
  std::uint32_t version = 0;
};

class Staff {
 public:
  static constexpr std::uint32_t kNumber = 30;

  void on(const Envelope& by, const StaffRegistered& event);

  std::optional<StaffId> find(std::string_view name) const;
  const StaffMember& member(StaffId id) const { return members_.at(id.value()); }
  std::string_view name(StaffId id) const { return names_.name(id.value()); }
  std::uint32_t count() const { return names_.size(); }

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  NameTable names_;
  std::vector<StaffMember> members_;
};

}  // namespace kontor
