#include "engine/rules/climbing.h"

#include <algorithm>

#include "engine/rules/policy.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

constexpr std::string_view kApprover = "approver";
constexpr std::string_view kAdmin = "admin";

CompanyId root_of(const Book& book, CompanyId company) {
  CompanyId root = company;
  while (is_set(book.parties().company(root).parent))
    root = book.parties().company(root).parent;
  return root;
}

// The role of those wanted that the person holds for the orderer; empty: none.
std::string_view role_held(const Book& book, std::span<const std::string> roles, BuyerId person,
                           CompanyId orderer) {
  const Parties& parties = book.parties();
  if (roles.empty()) return parties.holds_role(person, kApprover, orderer, false) ? kApprover : "";
  const auto held = std::find_if(roles.begin(), roles.end(), [&](const std::string& role) {
    return parties.holds_role(person, role, orderer, false);
  });
  return held == roles.end() ? std::string_view{} : std::string_view(*held);
}

bool order_limit_covers(const Buyer& buyer, const AskedOrder& order, bool unlimited) {
  if (!buyer.order_limit) return unlimited;
  return buyer.currency == order.currency && order.total <= *buyer.order_limit;
}

bool period_limit_covers(const Book& book, BuyerId person, const AskedOrder& order,
                         bool unlimited) {
  const Buyer& buyer = book.parties().buyer(person);
  if (!buyer.period_limit) return unlimited;
  if (buyer.currency != order.currency) return false;
  const Date first = book.calendar().period_start(buyer.period, book.calendar().business_date());
  const Minor taken = book.budgets().taken_since(person, order.currency, first);
  const Minor more = person == order.placed_by ? order.still_to_take : order.total;
  const bool covers = taken + more <= *buyer.period_limit;
  if (!covers && more <= *buyer.period_limit) KONTOR_MARK("a period too full for climbing to it");
  return covers;
}

}  // namespace

bool limits_cover(const Book& book, BuyerId person, const AskedOrder& order, Limits limits) {
  const Buyer& buyer = book.parties().buyer(person);
  const bool unlimited =
      order.total <= Minor{0} ||
      policy_is(book, PolicyKey::spending_absent_limit, {buyer.company, person}, "unlimited");
  return order_limit_covers(buyer, order, unlimited) &&
         (limits == Limits::kOrder || period_limit_covers(book, person, order, unlimited));
}

bool is_root_admin(const Book& book, BuyerId person, CompanyId orderer) {
  const Buyer& buyer = book.parties().buyer(person);
  if (buyer.status != PersonStatus::active) return false;
  const bool admin = std::any_of(buyer.roles.begin(), buyer.roles.end(), [](const Grant& grant) {
    return grant.role == kAdmin && grant.reach != RoleReach::own;
  });
  return admin && buyer.company == root_of(book, orderer);
}

std::string_view role_in_climb(const Book& book, std::span<const std::string> roles, BuyerId person,
                               const AskedOrder& order, Limits limits) {
  const std::string_view held = role_held(book, roles, person, order.company);
  if (!held.empty() && limits_cover(book, person, order, limits)) return held;
  return is_root_admin(book, person, order.company) ? kAdmin : std::string_view{};
}

std::vector<BuyerId> climb(const Book& book, const RuleGroup& group, const AskedOrder& order,
                           bool with_placer) {
  const Parties& parties = book.parties();
  const std::size_t needed = group.needed == kEverybody ? 1 : group.needed;
  const auto may = [&](BuyerId person) { return with_placer || person != order.placed_by; };
  std::vector<BuyerId> out;
  for (CompanyId at = order.company; is_set(at); at = parties.company(at).parent) {
    for (const BuyerId person : parties.buyers_of(at)) {
      const bool asked = may(person) &&
                         !role_held(book, group.roles, person, order.company).empty() &&
                         limits_cover(book, person, order, Limits::kToday);
      if (asked) out.push_back(person);
    }
    if (out.size() >= needed) {
      if (at != order.company) KONTOR_MARK("somebody found by climbing");
      return out;
    }
  }
  for (const BuyerId person : parties.buyers_of(root_of(book, order.company))) {
    const bool found = std::find(out.begin(), out.end(), person) != out.end();
    if (may(person) && !found && is_root_admin(book, person, order.company)) {
      KONTOR_MARK("the root's admin found by climbing");
      out.push_back(person);
    }
  }
  return out;
}

}  // namespace kontor
