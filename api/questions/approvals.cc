// Orders that wait for people.
#include <algorithm>

#include "api/questions/groups.h"
#include "api/questions/present.h"

namespace kontor::questions {
namespace {

constexpr std::size_t kPeopleShown = 50;
constexpr std::size_t kPeopleExamined = 2'000;

class PeopleOfGroup {
 public:
  PeopleOfGroup(const Book& book, const Order& order, const RuleGroup& group)
      : book_(book), order_(order), group_(group) {}

  std::vector<std::string> find() {
    for (const std::string& name : group_.people) {
      if (const auto person = book_.parties().find_buyer(name)) consider(*person);
    }
    if (group_.roles.empty()) return std::move(names_);
    for (CompanyId at{order_.company}; is_set(at); at = book_.parties().company(at).parent) {
      for (const BuyerId person : book_.parties().buyers_of(at)) {
        if (full()) return std::move(names_);
        consider(person);
      }
    }
    return std::move(names_);
  }

 private:
  bool full() const { return names_.size() >= kPeopleShown || examined_ >= kPeopleExamined; }
  void consider(BuyerId person) {
    ++examined_;
    if (full() ||
        !may_vote(book_, group_, person, CompanyId{order_.company}, BuyerId{order_.buyer})) {
      return;
    }
    std::string name(book_.parties().name(person));
    if (std::find(names_.begin(), names_.end(), name) == names_.end()) {
      names_.push_back(std::move(name));
    }
  }

  const Book& book_;
  const Order& order_;
  const RuleGroup& group_;
  std::vector<std::string> names_;
  std::size_t examined_ = 0;
};

void fill_group(const Book& book, const Order& order, const AskedGroup& asked,
                wire::GroupRowT& row) {
  const RuleVersion* const rule = book.rules().version_at(asked.rule);
  row.tier = asked.group->tier;
  if (rule != nullptr) row.rule = book.rules().name(rule->rule);
  row.rule_version = asked.rule.value();
  row.votes = asked.votes;
  row.wanted = asked.wanted;
  row.people = asked.group->people;
  row.roles = asked.group->roles;
  row.may = PeopleOfGroup(book, order, *asked.group).find();
}

void fill_request(const Book& book, const ApprovalRequest& request, wire::ApprovalRowT& row) {
  const Order& order = book.orders().get(request.order);
  row.order = book.orders().name(order);
  row.company = name_of(book, "company", CompanyId{order.company});
  row.buyer = name_of(book, "buyer", BuyerId{order.buyer});
  row.total = order.total.value();
  row.currency = order.currency;
  row.asked_at = request.asked_at.value();
  ApprovalGroups groups = read_groups(book, request);
  row.open_tier = groups.open_tier;
  row.votes = std::move(groups.votes);
  row.groups = std::move(groups.groups);
}

}  // namespace

ApprovalGroups read_groups(const Book& book, const ApprovalRequest& request) {
  ApprovalGroups out;
  const Order& order = book.orders().get(request.order);
  const Asked asked = read_asked(book, order, request.rules, request.votes);
  for (std::size_t i = 0; i < asked.groups.size(); ++i) {
    auto& row = add_row(out.groups);
    fill_group(book, order, asked.groups[i], row);
    row.open = asked.is_open(i) && !asked.satisfied(i);
    if (row.open && out.open_tier == 0) out.open_tier = row.tier;
  }
  for (const Vote& vote : request.votes) {
    auto& row = add_row(out.votes);
    row.by = name_of(book, "buyer", vote.by);
    row.tier = vote.tier;
  }
  return out;
}

bool may_vote_now(const Book& book, const ApprovalRequest& request, BuyerId person) {
  const Order& order = book.orders().get(request.order);
  const Asked asked = read_asked(book, order, request.rules, request.votes);
  for (std::size_t i = 0; i < asked.groups.size(); ++i) {
    if (!asked.is_open(i) || asked.satisfied(i)) continue;
    const CompanyId company{order.company};
    if (may_vote(book, *asked.groups[i].group, person, company, BuyerId{order.buyer})) return true;
  }
  return false;
}

// Place: the birth of the order to go on from.
Answered answer_approvals(const Book& book, const Query& query) {
  // A request costs as much as this many plain rows.
  constexpr std::uint64_t kCost = 20;
  std::optional<BuyerId> person;
  if (!query.name.empty()) {
    person = book.parties().find_buyer(query.name);
    if (!person) return not_found("buyer", query.name, "buyers");
  }
  const auto& pending = book.approvals().pending();
  PageRoom page(query);
  wire::ApprovalsAnswerT out;
  for (auto at = pending.lower_bound(query.after.first); at != pending.end(); ++at) {
    if (!page.room()) return answered(out, format_place({at->first, 0}));
    page.examine(kCost);
    if (person && !may_vote_now(book, at->second, *person)) continue;
    fill_request(book, at->second, add_row(out.approvals));
    page.row();
  }
  return answered(out);
}

}  // namespace kontor::questions
