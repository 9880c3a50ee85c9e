// How Credit puts its state into bytes and takes it back, and what must hold of it.
#include "projections/credit.h"
#include "projections/fold.h"
#include "projections/load_check.h"

namespace kontor {

void Credit::save(Sink& out) const {
  out.pod(std::uint64_t{accounts_.size()});
  for (std::size_t company = 0; company < accounts_.size(); ++company) {
    const Account& account = accounts_[company];
    out.pod(tree_.parent(static_cast<std::uint32_t>(company)));
    out.pod(account.currency.value());
    out.pod(raw(account.limit));
    out.pod(account.expires.value());
    out.pod(account.review.value());
    out.pod(account.limit_set_at.value());
    for (const Minor bucket : account.buckets_)
      out.pod(bucket.value());
    out.pod(account.deposited_.value());
    out.pod(std::uint64_t{account.by_due_.size()});
    for (const DueAmount& due : account.by_due_) {
      out.pod(due.due.value());
      out.pod(due.amount.value());
    }
    out.pod(std::uint64_t{account.by_terms_.size()});
    for (const TermsAmount& terms : account.by_terms_) {
      out.pod(terms.terms.value());
      out.pod(terms.amount.value());
    }
    out.pod(std::uint64_t{account.held_.size()});
    for (const auto& [order, held] : account.held_) {
      out.pod(order);
      out.pod(held.company.value());
      out.pod(held.buyer.value());
      out.pod(held.need.value());
      out.pod(std::uint8_t{held.credit_only});
      out.pod(std::uint8_t{held.forced});
      out.pod(std::uint8_t{held.needs_room});
      out.pod(held.moment);
      out.pod(held.why);
    }
    save_ids(out, account.watched_.limits);
    out.pod(std::uint8_t{account.watched_.looks_up});
    out.pod(std::uint8_t{account.watched_.looks_around});
  }
  out.pod(std::uint64_t{counted_deposits_.size()});
  for (const auto& [order, amount] : counted_deposits_) {
    out.pod(order);
    out.pod(amount.value());
  }
  out.pod(std::uint64_t{spending_holds_.size()});
  for (const std::uint32_t rule : spending_holds_)
    out.pod(rule);
  out.pod(std::uint64_t{to_examine_.size()});
  for (const Examination& examination : to_examine_) {
    out.pod(examination.payer);
    out.pod(examination.from);
    out.pod(examination.cause);
    out.pod(examination.reach);
    out.pod(std::uint8_t{examination.again});
  }
}

namespace {

template <class Entry, class Key>
void load_sums(Source& in, std::vector<Entry>& list, Key Entry::*key) {
  list.resize(in.size_of_run(12));
  for (Entry& entry : list) {
    in.pod(entry.*key);
    in.pod(entry.amount);
  }
}

}  // namespace

void Credit::load_held(Source& in, std::uint32_t payer) {
  for (std::uint64_t left = in.size_of_run(36); left > 0 && in.ok(); --left) {
    HeldOrder held;
    std::uint8_t credit_only = 0;
    std::uint8_t needs_room = 0;
    std::uint8_t forced = 0;
    in.pod(held.order);
    in.pod(held.company);
    in.pod(held.buyer);
    in.pod(held.need);
    in.pod(credit_only);
    in.pod(forced);
    in.pod(needs_room);
    in.pod(held.moment);
    in.pod(held.why);
    held.credit_only = credit_only != 0;
    held.forced = forced != 0;
    held.needs_room = needs_room != 0;
    in.expect(held.company.value() < accounts_.size() && held.moment <= Moment::MAX);
    remember_held(payer, held);
  }
  Watched& watched = accounts_[payer].watched_;
  std::uint8_t looks_up = 0;
  std::uint8_t looks_around = 0;
  load_ids(in, watched.limits);
  in.pod(looks_up);
  in.pod(looks_around);
  watched.looks_up = looks_up != 0;
  watched.looks_around = looks_around != 0;
  for (const CompanyId company : watched.limits)
    in.expect(is_one_of(company, account_count()));
  note_watched(payer);
}

void Credit::load_account(Source& in, std::uint32_t payer) {
  Account& account = accounts_[payer];
  std::int64_t limit = 0;
  in.pod(account.currency);
  in.pod(limit);
  account.limit = optional_minor(limit);
  in.pod(account.expires);
  in.pod(account.review);
  in.pod(account.limit_set_at);
  for (Minor& bucket : account.buckets_)
    in.pod(bucket);
  in.pod(account.deposited_);
  load_sums(in, account.by_due_, &DueAmount::due);
  load_sums(in, account.by_terms_, &TermsAmount::terms);
  load_held(in, payer);
}

// What the companies below count is not saved: it is what their accounts say.
bool Credit::load_tree(std::vector<std::uint32_t> parents) {
  if (!tree_.load(std::move(parents))) return false;
  for (std::uint32_t company = 0; company < accounts_.size(); ++company) {
    const Account& account = accounts_[company];
    for (const Bucket bucket : EnumValuesBucket())
      tree_.count(company, account.currency, bucket, account.bucket(bucket));
  }
  return true;
}

void Credit::load(Source& in) {
  *this = Credit{};
  accounts_.resize(in.size_of_run(102));
  std::vector<std::uint32_t> parents(accounts_.size());
  for (std::uint32_t payer = 0; payer < accounts_.size() && in.ok(); ++payer) {
    in.pod(parents[payer]);
    load_account(in, payer);
  }
  in.expect(in.ok() && load_tree(std::move(parents)));
  for (std::uint64_t left = in.size_of_run(16); left > 0 && in.ok(); --left) {
    std::uint64_t order = 0;
    in.pod(order);
    in.pod(counted_deposits_[order]);
  }
  for (std::uint64_t left = in.size_of_run(4); left > 0 && in.ok(); --left) {
    std::uint32_t rule = 0;
    in.pod(rule);
    spending_holds_.insert(rule);
  }
  to_examine_.resize(in.size_of_run(22));
  for (Examination& examination : to_examine_) {
    std::uint8_t again = 0;
    in.pod(examination.payer);
    in.pod(examination.from);
    in.pod(examination.cause);
    in.pod(examination.reach);
    in.pod(again);
    examination.again = again != 0;
    in.expect(examination.payer < accounts_.size());
    in.expect(examination.reach <= Reach::kWhole);
    in.expect(being_examined_.insert(examination.payer).second);
  }
}

// Each company's sums are those of its children, and what these count themselves.
Status Credit::check_tree() const {
  for (std::uint32_t company = 0; company < accounts_.size(); ++company) {
    std::map<CurrencyCode, TreeSums> expected;
    const auto add = [&](const TreeSums& part) {
      auto& to = expected[part.currency].buckets;
      for (std::size_t i = 0; i < to.size(); ++i)
        to.at(i) += part.buckets.at(i);
    };
    for (const std::uint32_t child : tree_.children(company)) {
      add({accounts_[child].currency, accounts_[child].sums()});
      for (const TreeSums& below : tree_.below(child))
        add(below);
    }
    for (const TreeSums& below : tree_.below(company)) {
      if (below.buckets != expected[below.currency].buckets) {
        return broken("sums below a company that differ from those of its children");
      }
      expected.erase(below.currency);
    }
    for (const auto& [currency, sums] : expected) {
      if (!sums.is_nothing()) return broken("sums below a company that are missing");
    }
  }
  return {};
}

Status Credit::check_invariants() const {
  for (const auto& [order, amount] : counted_deposits_) {
    if (amount <= Minor{0}) {
      return broken("a deposit that adds to what the order born at " + std::to_string(order) +
                    " counts");
    }
  }
  for (const Account& account : accounts_) {
    if (account.deposited_ < Minor{0}) return broken("less than nothing in deposits of orders");
    Minor due;
    for (const DueAmount& amount : account.by_due_)
      due += amount.amount;
    Minor terms;
    for (const TermsAmount& amount : account.by_terms_)
      terms += amount.amount;
    if (due != account.bucket(Bucket::receivable) || terms != due) {
      return broken("receivables by due date or terms that differ from their total");
    }
  }
  return check_tree();
}

}  // namespace kontor
