// What becomes of a request when somebody answers it. Rules: domain, One kind of rule (asking
// people).
#pragma once

#include <string_view>

#include "order_generated.h"

#include "engine/rules/asking.h"
#include "engine/step.h"

namespace kontor {

// Emits the person's yes. comment: may be empty.
void grant(Step& step, OrderRef order, const Voter& voter, std::string_view comment);

// The placer's own yes in the tier that is open, where approval.self lets placing be approving;
// then in each that opens by it. Whether nobody else is left to ask.
bool answer_by_placing(Step& step, OrderRef order);

// After a yes in `tier`: answers for the placer in the tier that it may have opened. Whether nobody
// is left to ask.
bool conclude(Step& step, OrderRef order, std::uint16_t tier);

// Of a request that everybody has said yes to.
ApprovalCause cause_of_approval(const ApprovalRequest& request);

// A request that is about to be made: when something comes of its waiting.
struct AskingDays {
  Date expires_on = kNoDate;
  Date remind_on = kNoDate;
  Date escalate_on = kNoDate;
};
AskingDays asking_days(const Book& book, const AskedOrder& order, Date today);
// `days` of a policy from today; 0: no date.
Date day_after(Date today, std::int64_t days);

}  // namespace kontor
