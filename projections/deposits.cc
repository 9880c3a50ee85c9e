#include "projections/deposits.h"

#include <algorithm>

#include "credit_generated.h"
#include "document_generated.h"
#include "invoice_generated.h"

#include "projections/fold.h"

namespace kontor {
namespace {

std::uint64_t source_of(const DepositPart& part) {
  return part.payment() != 0 ? part.payment() : part.credit_note();
}

auto find_share(std::vector<DepositShare>& shares, std::uint64_t source) {
  return std::find_if(shares.begin(), shares.end(),
                      [&](const DepositShare& share) { return share.source == source; });
}

}  // namespace

Minor Deposit::held() const {
  Minor sum;
  for (const DepositShare& share : shares)
    sum += share.amount;
  return sum;
}

Minor Deposit::undeducted() const {
  return std::max({asked - deducted, held(), Minor{0}});
}

Minor Deposit::lacking(Minor left) const {
  return std::max(std::min(asked - deducted, left) - held(), Minor{0});
}

// ---- folds --------------------------------------------------------------------------------------

void Deposits::on(const Envelope& by, const DepositRequested& event) {
  Deposit& deposit = deposits_[event.order()];
  deposit.asked = Minor{event.amount()};
  deposit.percent = Percent{event.percent()};
  deposit.asked_at = by.sequence;
  deposit.causes.clear();
  if (event.grounds() == nullptr) return;
  for (const Reason& reason : run(event.grounds()->reasons())) {
    const DepositCause cause{reason.rule(), reason.code()};
    const bool of_a_rule_told = reason.rule() != 0 && !deposit.causes.empty() &&
                                deposit.causes.back().rule == reason.rule();
    if (!of_a_rule_told) deposit.causes.push_back(cause);
  }
}

void Deposits::on(const Envelope& by, const DepositApplied& event) {
  const bool is_note = event.payment() == 0;
  give(event.order(), {is_note ? event.credit_note() : event.payment(), Minor{event.amount()},
                       CompanyId{event.payer()}, is_note});
  deposits_[event.order()].changed_at = by.sequence;
}

void Deposits::on(const Envelope& by, const DepositReleased& event) {
  for (const DepositPart& part : run(event.parts()))
    take(event.order(), source_of(part), Minor{part.amount()});
  Deposit& deposit = deposits_[event.order()];
  deposit.asked -= Minor{event.no_longer_asked()};
  if (!run(event.parts()).empty()) deposit.changed_at = by.sequence;
}

void Deposits::on(const Envelope&, const InvoiceIssued& event) {
  for (const DepositPart& part : run(event.deposits())) {
    take(event.order(), source_of(part), Minor{part.amount()});
    deposits_[event.order()].deducted += Minor{part.amount()};
  }
}

// Of one that left memory nothing was held.
void Deposits::on(const Envelope&, const DocumentReopened& event) {
  if (event.state() == nullptr || event.state()->deposit_asked_at() == 0) return;
  if (find(OrderRef{event.order()}) != nullptr) return;  // its own events alone were folded
  Deposit& deposit = deposits_[event.order()];
  deposit.percent = Percent{event.state()->deposit_percent()};
  deposit.asked = Minor{event.state()->deposit_asked()};
  deposit.deducted = Minor{event.state()->deposit_deducted()};
  deposit.asked_at = Sequence{event.state()->deposit_asked_at()};
  deposit.changed_at = Sequence{event.state()->deposit_changed_at()};
}

void Deposits::give(std::uint64_t order, const DepositShare& share) {
  std::vector<DepositShare>& shares = deposits_[order].shares;
  const auto known = find_share(shares, share.source);
  if (known != shares.end()) {
    known->amount += share.amount;
    return;
  }
  shares.push_back(share);
  orders_of_[share.source].push_back(order);
}

void Deposits::take(std::uint64_t order, std::uint64_t source, Minor amount) {
  std::vector<DepositShare>& shares = deposits_[order].shares;
  const auto share = find_share(shares, source);
  KONTOR_ASSERT(share != shares.end() && share->amount >= amount);
  share->amount -= amount;
  if (share->amount != Minor{0}) return;
  shares.erase(share);
  const auto orders = orders_of_.find(source);
  std::erase(orders->second, order);
  if (orders->second.empty()) orders_of_.erase(orders);
}

// ---- questions ----------------------------------------------------------------------------------

const Deposit* Deposits::find(OrderRef order) const {
  const auto found = deposits_.find(order.value());
  return found == deposits_.end() ? nullptr : &found->second;
}

std::span<const std::uint64_t> Deposits::orders_of(std::uint64_t source) const {
  const auto found = orders_of_.find(source);
  if (found == orders_of_.end()) return {};
  return found->second;
}

// ---- state --------------------------------------------------------------------------------------

void Deposits::save(Sink& out) const {
  out.pod(std::uint64_t{deposits_.size()});
  for (const auto& [order, deposit] : deposits_) {
    out.pod(order);
    out.pod(deposit.asked.value());
    out.pod(deposit.deducted.value());
    out.pod(deposit.percent.value());
    out.pod(deposit.asked_at.value());
    out.pod(deposit.changed_at.value());
    out.pod(std::uint64_t{deposit.shares.size()});
    for (const DepositShare& share : deposit.shares) {
      out.pod(share.source);
      out.pod(share.amount.value());
      out.pod(share.payer.value());
      out.pod(std::uint8_t{share.is_credit_note});
    }
    out.pod(std::uint64_t{deposit.causes.size()});
    for (const DepositCause& cause : deposit.causes) {
      out.pod(cause.rule);
      out.pod(cause.code);
    }
  }
  out.pod(std::uint64_t{orders_of_.size()});
  for (const auto& [source, orders] : orders_of_) {
    out.pod(source);
    out.pods(orders);
  }
}

namespace {

void load_shares(Source& in, Deposit& deposit) {
  deposit.shares.resize(in.size_of_run(21));
  for (DepositShare& share : deposit.shares) {
    std::uint8_t is_credit_note = 0;
    in.pod(share.source);
    in.pod(share.amount);
    in.pod(share.payer);
    in.pod(is_credit_note);
    share.is_credit_note = is_credit_note != 0;
    in.expect(share.source != 0 && share.amount > Minor{0});
  }
}

}  // namespace

void Deposits::load(Source& in) {
  *this = Deposits{};
  for (std::uint64_t left = in.size_of_run(60); left > 0 && in.ok(); --left) {
    std::uint64_t order = 0;
    in.pod(order);
    Deposit& deposit = deposits_[order];
    in.pod(deposit.asked);
    in.pod(deposit.deducted);
    in.pod(deposit.percent);
    in.pod(deposit.asked_at);
    in.pod(deposit.changed_at);
    load_shares(in, deposit);
    deposit.causes.resize(in.size_of_run(10));
    for (DepositCause& cause : deposit.causes) {
      in.pod(cause.rule);
      in.pod(cause.code);
    }
  }
  for (std::uint64_t left = in.size_of_run(16); left > 0 && in.ok(); --left) {
    std::uint64_t source = 0;
    in.pod(source);
    in.pods(orders_of_[source]);
  }
  in.expect(in.ok() && lists_agree());
}

// Each share is in the list of its source once, and nothing else is.
bool Deposits::lists_agree() const {
  std::size_t shares = 0;
  std::size_t listed = 0;
  for (const auto& [source, orders] : orders_of_) {
    listed += orders.size();
    if (orders.empty()) return false;
  }
  for (const auto& [order, deposit] : deposits_) {
    for (const DepositShare& share : deposit.shares) {
      ++shares;
      const std::span<const std::uint64_t> orders = orders_of(share.source);
      if (std::count(orders.begin(), orders.end(), order) != 1) return false;
    }
  }
  return shares == listed;
}

Status Deposits::check_invariants() const {
  for (const auto& [order, deposit] : deposits_) {
    const std::string where = " in the deposit of the order born at " + std::to_string(order);
    if (deposit.asked < Minor{0} || deposit.deducted < Minor{0}) {
      return broken("less than nothing" + where);
    }
    for (const DepositShare& share : deposit.shares) {
      if (share.amount <= Minor{0}) return broken("a share of nothing" + where);
    }
  }
  if (!lists_agree()) return broken("deposits that differ from what their sources are in");
  return {};
}

}  // namespace kontor
