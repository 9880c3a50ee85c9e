// Who is asked to approve an order: groups with the people who may vote in them. Engine thread.
#pragma once

#include <memory>
#include <vector>

#include "history_answers_generated.h"

#include "engine/rules/asking.h"

namespace kontor::questions {

struct ApprovalGroups {
  std::vector<std::unique_ptr<wire::GroupRowT>> groups;
  std::vector<std::unique_ptr<wire::VoteRowT>> votes;
  std::uint16_t open_tier = 0;  // the first that waits
};
ApprovalGroups read_groups(const Book& book, const ApprovalRequest& request);

// Whether the person may vote now in some group of the request.
bool may_vote_now(const Book& book, const ApprovalRequest& request, BuyerId person);

}  // namespace kontor::questions
