// A payer's account as of a position or time (what was known then), and of what was effective up to
// a date (what was true then): summed from the entries.
#include <array>

#include "calendar_generated.h"

#include "api/questions/account_rows.h"
#include "api/questions/history.h"
#include "api/questions/stream_reader.h"
#include "events/codec/catalog.h"
#include "projections/views/entries.h"

namespace kontor::questions {
namespace {

constexpr std::uint64_t kEntriesOfStep = 100'000;
constexpr std::array kAgeingNames = {"not_due", "1-30", "31-60", "61-90", "over_90"};
constexpr std::array kAgeingDays = {0, 30, 60, 90};

std::size_t age_of(Date due, Date today) {
  if (due == kNoDate) return 0;
  const std::int64_t late = std::int64_t{today.value()} - due.value();
  std::size_t age = 0;
  while (age < kAgeingDays.size() && late > kAgeingDays.at(age))
    ++age;
  return age;
}

class PastAccountQuestion final : public HistoryQuestion {
 public:
  PastAccountQuestion(Query query, const Views* views, OfWhat of)
      : query_(std::move(query)), views_(views), of_(of) {}

  std::optional<Answered> begin(const Book& book) override {
    const auto payer = book.parties().find_company(query_.name);
    if (!payer) return not_found("company", query_.name, "companies");
    payer_ = *payer;
    end_ = book.last_sequence();
    currency_ = book.credit().account(payer_).currency.value();
    return std::nullopt;
  }

  Result<Slice> read(const LogReader& log, BookNumber book) override {
    if (!entries_) {
      const auto as_of = find_as_of(log, book, query_.as_of, query_.as_of_time, end_);
      if (!as_of.ok()) return as_of.error();
      as_of_ = *as_of;
      entries_.emplace("entries", views_, book, as_of_);
      sum_.emplace(AccountSum::Wish{book, payer_, query_.date, as_of_});
      if (Status opened = entries_->open(); !opened.ok()) return opened.error();
      if (Status dated = read_business_date(log, book); !dated.ok()) return dated.error();
    }
    if (!complete_) {
      const Result<bool> advanced = entries_->advance(log, kDecisionsOfSlice);
      if (!advanced.ok()) return advanced.error();
      complete_ = *advanced;
      return Slice::kAgain;
    }
    const Result<bool> summed = sum_->advance(*entries_, kEntriesOfStep);
    if (!summed.ok()) return summed.error();
    return *summed ? Slice::kFinished : Slice::kAgain;
  }

  Answered render(const Book& book) override {
    const PastAccount& account = sum_->account();
    const auto bucket = [&](Bucket b) {
      return account.buckets.at(static_cast<std::size_t>(b)).value();
    };
    wire::AccountAnswerT out;
    out.company = query_.name;
    out.currency = currency_;
    out.exposure = account.exposure().value();
    if (account.limit) {
      out.limit = account.limit->value();
      out.available = (*account.limit - account.exposure()).value();
    }
    out.ordered = bucket(Bucket::ordered);
    out.delivered = bucket(Bucket::delivered);
    out.receivable = bucket(Bucket::receivable);
    out.deposits = bucket(Bucket::deposits);
    out.unapplied = bucket(Bucket::unapplied);
    out.limit_expires = account.expires.value();
    out.limit_review = account.review.value();
    out.limit_set_at = account.limit_set_at.value();
    out.business_date = today().value();
    out.effective_to = query_.date.value();
    out.moves = account.moves;
    fill_parts(book, account, out);
    if (of_ == OfWhat::kThen) fill_around(book, payer_, out);
    return answered(out);
  }

  Sequence position() const override { return as_of_; }

 private:
  // The day by which amounts are late: the date asked for, or the book's own day then.
  Date today() const { return query_.date == kNoDate ? business_date_ : query_.date; }

  Status read_business_date(const LogReader& log, BookNumber book) {
    const auto bytes = log.decision_at(book, as_of_);
    if (!bytes.ok()) return bytes.error();
    const DecisionView decision(bytes->data());
    business_date_ = Date{decision.header().business_date};
    decision.for_each_event([&](const EventView& event) {
      const bool opens = event.header.kind == number_of<BusinessDayOpened>;
      if (!opens || event.sequence > as_of_ || !check_event(book, event).ok()) return;
      business_date_ = Date{flatbuffers::GetRoot<BusinessDayOpened>(event.body.data())->date()};
    });
    return {};
  }

  void fill_parts(const Book& book, const PastAccount& account, wire::AccountAnswerT& out) const {
    std::array<Minor, kAgeingNames.size()> ageing{};
    for (const auto& [due, amount] : account.by_due) {
      auto& row = add_row(out.by_due);
      row.due = due.value();
      row.amount = amount.value();
      ageing.at(age_of(due, today())) += amount;
    }
    for (const auto& [terms, amount] : account.by_terms) {
      auto& row = add_row(out.by_terms);
      row.terms = name_of(book, "terms", TermsId{terms});
      row.amount = amount.value();
    }
    for (std::size_t i = 0; i < ageing.size(); ++i) {
      auto& row = add_row(out.ageing);
      row.bucket = kAgeingNames.at(i);
      row.amount = ageing.at(i).value();
    }
  }

  Query query_;
  const Views* views_;
  OfWhat of_;
  CompanyId payer_;
  Sequence end_;
  Sequence as_of_;
  Date business_date_ = kNoDate;
  std::uint16_t currency_ = 0;
  bool complete_ = false;
  std::optional<FreshView> entries_;
  std::optional<AccountSum> sum_;
};

}  // namespace

std::unique_ptr<HistoryQuestion> make_past_account_question(Query query, const Views* views,
                                                            OfWhat of) {
  return std::make_unique<PastAccountQuestion>(std::move(query), views, of);
}

}  // namespace kontor::questions
