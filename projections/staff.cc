#include "projections/staff.h"

#include "staff_generated.h"

#include "projections/fold.h"

namespace kontor {
namespace {

std::vector<StaffGrants> read_roles(const StaffRegistered& event) {
  std::vector<StaffGrants> out;
  if (event.roles() == nullptr) return out;
  for (const StaffRole* const role : *event.roles()) {
    StaffGrants& grants = out.emplace_back();
    grants.role = view(role->role());
    if (role->limits() == nullptr) continue;
    for (const ActLimit* const limit : *role->limits())
      grants.limits.push_back({limit->act(), optional_minor(limit->amount())});
  }
  return out;
}

}  // namespace

void Staff::on(const Envelope& by, const StaffRegistered& event) {
  if (event.ordinal() == names_.size()) {
    names_.add(view(event.staff()));
    members_.emplace_back();
  }
  StaffMember& member = members_.at(event.ordinal());
  member.name = view(event.name());
  member.roles = read_roles(event);
  member.currency = CurrencyCode{event.currency()};
  member.status = event.status();
  member.last_change = by.sequence;
  ++member.version;
}

std::optional<StaffId> Staff::find(std::string_view name) const {
  const auto found = names_.find(name);
  return found ? std::optional(StaffId{*found}) : std::nullopt;
}

void Staff::save(Sink& out) const {
  names_.save(out);
  for (const StaffMember& member : members_) {
    out.text(member.name);
    out.pod(std::uint64_t{member.roles.size()});
    for (const StaffGrants& grants : member.roles) {
      out.text(grants.role);
      out.pod(std::uint64_t{grants.limits.size()});
      for (const StaffLimit& limit : grants.limits) {
        out.pod(limit.act);
        out.pod(raw(limit.amount));
      }
    }
    out.pod(member.currency.value());
    out.pod(member.status);
    out.pod(member.last_change.value());
    out.pod(member.version);
  }
}

void Staff::load(Source& in) {
  names_.load(in);
  members_.assign(names_.size(), StaffMember{});
  for (StaffMember& member : members_) {
    in.text(member.name);
    member.roles.resize(in.size_of_run(16));
    for (StaffGrants& grants : member.roles) {
      in.text(grants.role);
      grants.limits.resize(in.size_of_run(9));
      for (StaffLimit& limit : grants.limits) {
        std::int64_t amount = 0;
        in.pod(limit.act);
        in.pod(amount);
        limit.amount = optional_minor(amount);
      }
    }
    in.pod(member.currency);
    in.pod(member.status);
    in.pod(member.last_change);
    in.pod(member.version);
  }
  if (in.ok()) in.expect(check_invariants().ok());
}

Status Staff::check_invariants() const {
  for (const StaffMember& member : members_) {
    if (member.version == 0) return broken("one of the seller's people whom no event made");
    for (const StaffGrants& grants : member.roles) {
      for (const StaffLimit& limit : grants.limits) {
        if (limit.amount && *limit.amount < Minor{0}) {
          return broken("an authority below zero");
        }
      }
    }
  }
  return {};
}

}  // namespace kontor
