// Orders that wait for people.
#include <algorithm>

#include "api/questions/groups.h"
#include "api/questions/present.h"

namespace kontor::questions {
namespace {

constexpr std::size_t kPeopleShown = 50;

std::string standing_word(VotedAs as) {
  return as == VotedAs::untold ? std::string() : std::string(EnumNameVotedAs(as));
}

void fill_votes(const Book& book, const std::vector<Vote>& votes,
                std::vector<std::unique_ptr<wire::VoteRowT>>& out) {
  for (const Vote& vote : votes) {
    auto& row = add_row(out);
    row.by = name_of(book, "buyer", vote.by);
    row.tier = vote.tier;
    row.voted_as = standing_word(vote.as);
    row.role = vote.role;
    row.placed = vote.placed;
    row.at = vote.at.value();
    row.comment = vote.comment;
  }
}

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
  row.climb = asked.group->climb;
  row.cost_centre_owner = asked.group->cost_centre_owner;
  for (const BuyerId person :
       eligible_people(book, *asked.group, asked_order(book, order), kPeopleShown)) {
    row.may.emplace_back(book.parties().name(person));
  }
}

void fill_request(const Book& book, const ApprovalRequest& request, wire::ApprovalRowT& row) {
  const Order& order = book.orders().get(request.order);
  row.order = book.orders().name(order);
  row.company = name_of(book, "company", CompanyId{order.company});
  row.buyer = name_of(book, "buyer", BuyerId{order.buyer});
  row.total = order.total.value();
  row.currency = order.currency;
  row.asked_at = request.asked_at.value();
  row.asked_on = request.asked_on.value();
  row.expires_on = request.expires_on.value();
  row.remind_on = request.remind_on.value();
  row.escalate_on = request.escalate_on.value();
  for (const Escalation& escalation : request.escalated)
    row.escalated_to.push_back(name_of(book, "buyer", escalation.person));
  ApprovalGroups groups = read_groups(book, request);
  row.open_tier = groups.open_tier;
  row.votes = std::move(groups.votes);
  row.groups = std::move(groups.groups);
}

}  // namespace

ApprovalGroups read_groups(const Book& book, const ApprovalRequest& request) {
  ApprovalGroups out;
  const Order& order = book.orders().get(request.order);
  const Asked asked = read_asked(book, request);
  for (std::size_t i = 0; i < asked.groups.size(); ++i) {
    auto& row = add_row(out.groups);
    fill_group(book, order, asked.groups[i], row);
    row.open = asked.is_open(i) && !asked.satisfied(i);
    if (row.open && out.open_tier == 0) out.open_tier = row.tier;
  }
  fill_votes(book, request.votes, out.votes);
  return out;
}

std::unique_ptr<wire::ApprovalEndRowT> ended_row(const Book& book, const EndedRequest& ended) {
  auto row = std::make_unique<wire::ApprovalEndRowT>();
  row->ended_as = ended.end;
  row->ended_at = ended.ended_at.value();
  row->by = ended.by;
  row->comment = ended.comment;
  fill_votes(book, ended.votes, row->votes);
  return row;
}

namespace {

// A request costs as much as this many plain rows.
constexpr std::uint64_t kCost = 20;

// All requests. Place: the birth of the order to go on from.
Answered all_approvals(const Book& book, const Query& query) {
  const auto& pending = book.approvals().pending();
  PageRoom page(query);
  wire::ApprovalsAnswerT out;
  for (auto at = pending.lower_bound(query.after.first); at != pending.end(); ++at) {
    if (!page.room()) return answered(out, format_place({at->first, 0}));
    page.examine(kCost);
    fill_request(book, at->second, add_row(out.approvals));
    page.row();
  }
  return answered(out);
}

// Those of one person: first what names the person, then by the companies he may act for, or whose
// cost centres he owns, so that nothing of other trees is looked at. Place: 0 and the order to go
// on from; then the company's ordinal + 1 (that of requests without one: 2^32) and the order.
class ApprovalsOfPerson {
 public:
  ApprovalsOfPerson(const Book& book, const Query& query, BuyerId person)
      : book_(book), approvals_(book.approvals()), person_(person), page_(query) {
    for (std::uint32_t i = 0; i < book.budgets().cost_centre_count(); ++i) {
      const CostCentre& centre = book.budgets().cost_centre(CostCentreId{i});
      const bool known =
          std::find(owns_for_.begin(), owns_for_.end(), centre.company) != owns_for_.end();
      if (centre.owner == person && !known) owns_for_.push_back(centre.company);
    }
  }

  Answered find(const Place& from) {
    if (from.first == 0 && !look_at_named(from.second)) return answered(out_, next_);
    const auto company = static_cast<std::uint32_t>(from.first == 0 ? 0 : from.first - 1);
    if (!look_at_companies({company, from.first == 0 ? 0 : from.second})) {
      return answered(out_, next_);
    }
    return answered(out_);
  }

 private:
  bool look_at_named(std::uint64_t from) {
    const auto& index = approvals_.by_person();
    for (auto at = index.lower_bound({person_.value(), from});
         at != index.end() && at->whose == person_.value(); ++at) {
      if (!page_.room()) return stop({0, at->order});
      look_at(at->order);
    }
    return true;
  }

  bool look_at_companies(const WaitingFor& from) {
    const auto& index = approvals_.by_company();
    auto at = index.lower_bound(from);
    while (at != index.end()) {
      if (!page_.room()) return stop({std::uint64_t{at->whose} + 1, at->order});
      if (!may_act_for(CompanyId{at->whose})) {
        page_.examine(1);
        at = index.lower_bound({at->whose, UINT64_MAX});
        continue;
      }
      if (!approvals_.by_person().contains({person_.value(), at->order})) look_at(at->order);
      ++at;
    }
    return true;
  }

  bool may_act_for(CompanyId company) const {
    const auto reaches = [&](CompanyId own) {
      return book_.parties().is_at_or_above(own, company);
    };
    return !is_set(company) || reaches(book_.parties().buyer(person_).company) ||
           std::any_of(owns_for_.begin(), owns_for_.end(), reaches);
  }

  void look_at(std::uint64_t order) {
    const ApprovalRequest& request = *approvals_.find(OrderRef{order});
    page_.examine(kCost);
    if (!is_wanted(book_, request, read_asked(book_, request), person_)) return;
    fill_request(book_, request, add_row(out_.approvals));
    page_.row();
  }

  bool stop(const Place& place) {
    next_ = format_place(place);
    return false;
  }

  const Book& book_;
  const Approvals& approvals_;
  BuyerId person_;
  std::vector<CompanyId> owns_for_;  // whose cost centres the person owns
  PageRoom page_;
  wire::ApprovalsAnswerT out_;
  std::string next_;
};

}  // namespace

Answered answer_approvals(const Book& book, const Query& query) {
  if (query.name.empty()) return all_approvals(book, query);
  const auto person = book.parties().find_buyer(query.name);
  if (!person) return not_found("buyer", query.name, "buyers");
  return ApprovalsOfPerson(book, query, *person).find(query.after);
}

}  // namespace kontor::questions
