// Climbing: the people up the tree whose own limits cover an order, the nearest first.
// Rules: domain, One kind of rule (asking people).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/rules/asking.h"

namespace kontor {

// Which of a person's own limits an order is held against. Whom to ask is found by both, the period
// with what it has taken up to today. What a period has taken since takes no yes back: given ones
// are judged by the order limit alone.
enum class Limits : std::uint8_t { kOrder, kToday };

// Whether they cover the order. No limit: by spending.absent_limit of the person. A limit in
// another currency does not cover it.
bool limits_cover(const Book& book, BuyerId person, const AskedOrder& order, Limits limits);

// The role by which climbing could come to the person: one of `roles` (none: approver) that reaches
// the orderer, with limits that cover the order; or admin of the root. Empty: it cannot.
std::string_view role_in_climb(const Book& book, std::span<const std::string> roles, BuyerId person,
                               const AskedOrder& order, Limits limits);

// The nearest people, of one company after the other until there are as many as are needed; if they
// do not suffice, the root's admins as well. Without the placer, unless `with_placer`.
std::vector<BuyerId> climb(const Book& book, const RuleGroup& group, const AskedOrder& order,
                           bool with_placer);

// Admin of the topmost company of the orderer's tree, whatever else he may reach.
bool is_root_admin(const Book& book, BuyerId person, CompanyId orderer);

}  // namespace kontor
