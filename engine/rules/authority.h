// The authority of the seller's people: which act needs which role of the book, and up to which
// amount a person may do it. A book without registered people asks nobody for authority.
// Rules: domain, Who is who (seller's people).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "values_generated.h"

#include "engine/step.h"

namespace kontor {

// One row per act: the built-in role that may do it, and whether an amount bounds it.
struct ActRow {
  SellerAct act;
  std::string_view role;
  bool has_amount;
};
std::span<const ActRow> act_registry();
const ActRow* find_act(SellerAct act);  // null: unknown

// What a person may do of an act, by the role whose authority goes farthest.
struct Authority {
  std::string role;           // empty: none of the person's allows it
  std::optional<Minor> most;  // nothing: whatever the amount
  bool may() const { return !role.empty(); }
};
Authority authority_of(const StaffMember& member, SellerAct act);

struct ActAmount {
  Minor amount;
  CurrencyCode currency;
};

// Refuses not_permitted when the actor is none of the seller's people with a role for the act,
// above_authority when the amount is more than that role may do (in a currency without a rate: when
// there is a limit at all), reason_missing where staff.reason wants one. The principal itself,
// without an actor, may do everything. The role used; nothing: no authority was needed, or refused.
std::optional<std::string> expect_authority(Step& step, SellerAct act,
                                            std::optional<ActAmount> amount);

}  // namespace kontor
