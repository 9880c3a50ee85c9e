// OverrideApproval: one yes in place of all that are still wanted, by one of the seller's people
// with authority for it, or a buyer whose role may override. The placer of the order only where
// approval.self lets placing be approving.
#include <algorithm>

#include "approval_generated.h"
#include "order_generated.h"
#include "override_approval_generated.h"

#include "engine/commands.h"
#include "engine/rules/approving.h"
#include "engine/rules/asking.h"
#include "engine/rules/authority.h"
#include "engine/rules/policy.h"
#include "engine/rules/refusals.h"
#include "events/base/mark.h"
#include "projections/fold.h"

namespace kontor {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

struct Overrider {
  std::uint32_t buyer = kNoOrdinal;
  std::uint32_t staff = kNoOrdinal;
  std::string role;  // empty: the principal itself
  bool placed = false;
};

// Of a buyer: the role that may override for the order's company; empty: none.
std::string role_to_override(const Book& book, BuyerId person, CompanyId company, bool placed) {
  const Parties& parties = book.parties();
  for (const Grant& grant : parties.buyer(person).roles) {
    if (grant.may_override && parties.reaches(person, grant, company, placed)) return grant.role;
  }
  return {};
}

// Who the actor is; refuses not_permitted, above_authority and self_approval.
Overrider expect_overrider(Step& step, const Order& order) {
  const Book& book = step.book();
  Overrider out;
  const std::string_view actor = step.context().actor;
  if (actor.empty()) return out;
  if (const auto staff = book.staff().find(actor)) {
    const ActAmount total{order.total, CurrencyCode{order.currency}};
    out.staff = staff->value();
    out.role = expect_authority(step, SellerAct::override_approval, total).value_or("");
    return out;
  }
  const auto person = book.parties().find_buyer(actor);
  if (person) {
    out.buyer = person->value();
    out.placed = order.buyer == person->value();
    out.role = role_to_override(book, *person, CompanyId{order.company}, out.placed);
  }
  if (out.role.empty()) {
    step.refuse(about(ReasonCode::not_permitted, Subject::buyer, actor, person ? out.buyer : 0));
    return out;
  }
  const bool self = policy_is(book, PolicyKey::approval_self, policy_context(order), "allowed");
  if (out.placed && !self) {
    KONTOR_MARK("a placer who would override");
    step.refuse(about(ReasonCode::self_approval, Subject::buyer, actor, out.buyer));
  }
  return out;
}

}  // namespace

void decide(Step& step, const OverrideApproval& command) {
  const Order* const order = expect_order(step, view(command.order()));
  expect_text(step, "comment", view(command.comment()));
  if (order == nullptr) return;
  const OrderRef ref{order->ref};
  const ApprovalRequest* const request = step.book().approvals().find(ref);
  if (request == nullptr) return step.refuse(request_is_closed(step.book(), *order));
  const Overrider who = expect_overrider(step, *order);
  if (step.refused()) return;

  const Asked asked = read_asked(step.book(), *request);
  const auto open = std::count_if(asked.groups.begin(), asked.groups.end(),
                                  [](const AskedGroup& g) { return g.votes < g.wanted; });
  const Minor total = order->total;
  const CurrencyCode currency{order->currency};
  approve_order(step, ref, ApprovalCause::overridden, [&] {
    step.emit<ApprovalOverridden>(ref.value(), [&](Builder& out) {
      const auto name = text(out, step.actor_name());
      const auto comment = text(out, view(command.comment()));
      const auto role = text(out, who.role);
      return CreateApprovalOverridden(out, ref.value(), who.buyer, who.staff, name, comment, role,
                                      who.placed, static_cast<std::uint32_t>(open), total.value(),
                                      currency.value());
    });
  });
}

}  // namespace kontor
