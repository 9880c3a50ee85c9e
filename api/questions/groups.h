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
// What became of a request that waits no more.
std::unique_ptr<wire::ApprovalEndRowT> ended_row(const Book& book, const EndedRequest& ended);

ApprovalGroups read_groups(const Book& book, const ApprovalRequest& request);

}  // namespace kontor::questions
