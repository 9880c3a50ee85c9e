// The seller's people, and who may do what.
#include "engine/rules/authority.h"

#include "api/questions/present.h"
#include "engine/rules/policy.h"
#include "projections/fold.h"

namespace kontor::questions {
namespace {

using ActRows = std::vector<std::unique_ptr<wire::ActRowT>>;

void fill_acts(const StaffMember& member, ActRows& out) {
  for (const ActRow& act : act_registry()) {
    const Authority authority = authority_of(member, act.act);
    if (!authority.may()) continue;
    auto& row = add_row(out);
    row.act = act.act;
    row.role = authority.role;
    row.amount = act.has_amount ? raw(authority.most) : kAbsent;
  }
}

void fill_buyer(const Book& book, BuyerId id, wire::AuthorityRowT& row) {
  const Buyer& buyer = book.parties().buyer(id);
  row.person = book.parties().name(id);
  row.kind = wire::PersonKind::buyer;
  row.company = book.parties().name(buyer.company);
  row.status = buyer.status;
  row.currency = buyer.currency.value();
  row.order_limit = raw(buyer.order_limit);
  row.period_limit = raw(buyer.period_limit);
  row.period = buyer.period;
  const bool active = buyer.status == PersonStatus::active;
  for (const Grant& grant : buyer.roles) {
    auto& role = add_row(row.roles);
    role.role = grant.role;
    role.reach = grant.reach;
    role.may_override = grant.may_override;
    row.approves = row.approves || (active && grant.role == "approver");
    row.overrides = row.overrides || (active && grant.may_override);
  }
  const PolicyContext context{buyer.company, id};
  const bool unlimited = policy_is(book, PolicyKey::spending_absent_limit, context, "unlimited");
  if (row.approves && !(unlimited && !buyer.order_limit)) {
    row.approves_up_to = buyer.order_limit.value_or(Minor{0}).value();
  }
}

void fill_staff(const Book& book, StaffId id, wire::AuthorityRowT& row) {
  const StaffMember& member = book.staff().member(id);
  row.person = book.staff().name(id);
  row.kind = wire::PersonKind::staff;
  row.status = member.status;
  row.currency = member.currency.value();
  for (const StaffGrants& grants : member.roles)
    add_row(row.roles).role = grants.role;
  fill_acts(member, row.acts);
  for (const auto& act : row.acts)
    row.overrides = row.overrides || act->act == SellerAct::override_approval;
}

}  // namespace

Answered answer_staff(const Book& book, const Query& query) {
  const auto id = book.staff().find(query.name);
  if (!id) return not_found("staff", query.name, "staff");
  const StaffMember& member = book.staff().member(*id);
  wire::StaffAnswerT out;
  out.staff = query.name;
  out.name = member.name;
  out.status = member.status;
  out.currency = member.currency.value();
  for (const StaffGrants& grants : member.roles) {
    auto& role = add_row(out.roles);
    role.role = grants.role;
    for (const StaffLimit& limit : grants.limits) {
      auto& row = add_row(role.limits);
      row.act = limit.act;
      row.amount = raw(limit.amount);
    }
  }
  fill_acts(member, out.acts);
  out.last_change = member.last_change.value();
  out.version = member.version;
  return answered(out);
}

Answered list_staff(const Book& book, const Query& query) {
  wire::StaffListAnswerT out;
  auto next = fill_page(query, book.staff().count(), [&](std::uint64_t index, PageRoom&) {
    const StaffId id{static_cast<std::uint32_t>(index)};
    const StaffMember& member = book.staff().member(id);
    auto& row = add_row(out.staff);
    row.staff = book.staff().name(id);
    row.name = member.name;
    row.status = member.status;
    for (const StaffGrants& grants : member.roles)
      row.roles.push_back(grants.role);
    return true;
  });
  return answered(out, std::move(next));
}

// The seller's people first, then those of companies; of one company only its own.
Answered list_authority(const Book& book, const Query& query) {
  CompanyFilter filter = company_filter(book, query);
  if (filter.wrong) return std::move(*filter.wrong);
  const std::uint64_t staff = book.staff().count();
  wire::AuthorityAnswerT out;
  const std::uint64_t people = staff + book.parties().buyer_count();
  auto next = fill_page(query, people, [&](std::uint64_t index, PageRoom&) {
    if (index < staff) {
      if (filter.only) return false;
      fill_staff(book, StaffId{static_cast<std::uint32_t>(index)}, add_row(out.people));
      return true;
    }
    const BuyerId id{static_cast<std::uint32_t>(index - staff)};
    if (!filter.takes(book.parties().buyer(id).company.value())) return false;
    fill_buyer(book, id, add_row(out.people));
    return true;
  });
  return answered(out, std::move(next));
}

}  // namespace kontor::questions
