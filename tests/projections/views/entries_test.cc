#include "projections/views/entries.h"

#include "company_generated.h"
#include "credit_generated.h"

#include "tests/projections/views/told_view.h"

namespace kontor::test {
namespace {

constexpr Date kMonday{20'500};
constexpr Date kTuesday{20'501};
constexpr std::uint32_t kAcme = 3;

CreditMove move(Bucket bucket, std::int64_t amount, std::uint32_t payer = kAcme,
                Date due = kNoDate) {
  return CreditMove(1, amount, amount, payer, kNoOrdinal, due.value(), 978, 978, bucket);
}

EventParts moved(const std::vector<CreditMove>& moves) {
  return event_of<CreditCommitted>([&](flatbuffers::FlatBufferBuilder& builder) {
    builder.ForceVectorAlignment(moves.size(), sizeof(CreditMove), 8);
    return CreateCreditCommitted(builder, 1, builder.CreateVectorOfStructs(moves));
  });
}

EventParts limit(std::int64_t amount) {
  return event_of<CreditLimitSet>([&](flatbuffers::FlatBufferBuilder& builder) {
    CreditLimitSetBuilder out(builder);
    out.add_company(kAcme);
    out.add_limit(amount);
    out.add_currency(978);
    return out.Finish();
  });
}

PastAccount sum(const RowSource& rows, Date effective_to, std::uint64_t as_of,
                std::uint32_t payer = kAcme) {
  AccountSum work({BookNumber{1}, CompanyId{payer}, effective_to, Sequence{as_of}});
  for (int steps = 0; steps < 1'000; ++steps) {
    const Result<bool> done = work.advance(rows, 2);  // small steps: each goes on where one ended
    EXPECT_TRUE(done.ok());
    if (!done.ok() || *done) return work.account();
  }
  ADD_FAILURE() << "never done";
  return {};
}

TEST(Entries, SumWhatWasKnownAtAPosition) {
  ToldView<Entries> told;
  told.tell(kMonday, {moved({move(Bucket::ordered, 100)})});
  told.tell(kMonday, {moved({move(Bucket::ordered, -40), move(Bucket::delivered, 40)})});
  EXPECT_EQ(sum(told.rows(), kNoDate, 1).exposure(), Minor{100});
  const PastAccount all = sum(told.rows(), kNoDate, 2);
  EXPECT_EQ(all.buckets.at(0), Minor{60});
  EXPECT_EQ(all.buckets.at(1), Minor{40});
  EXPECT_EQ(all.moves, 3U);
}

TEST(Entries, SumWhatWasTrueOnADateHoweverLateItWasRecorded) {
  ToldView<Entries> told;
  told.tell(kTuesday, {moved({move(Bucket::receivable, 100, kAcme, kTuesday)})});
  told.end_batch();
  told.tell(kMonday, {moved({move(Bucket::receivable, 7, kAcme, kMonday)})});  // told afterwards
  EXPECT_EQ(sum(told.rows(), kMonday, 2).exposure(), Minor{7});
  EXPECT_EQ(sum(told.rows(), kTuesday, 2).exposure(), Minor{107});
  EXPECT_EQ(sum(told.rows(), kMonday, 1).exposure(), Minor{0}) << "not known yet";
  EXPECT_EQ(sum(told.rows(), Date{kMonday.value() - 1}, 2).moves, 0U);
}

TEST(Entries, KeepDueDatesApartAndDropWhatSumsToNothing) {
  ToldView<Entries> told;
  told.tell(kMonday, {moved({move(Bucket::receivable, 50, kAcme, kMonday),
                             move(Bucket::receivable, 60, kAcme, kTuesday)})});
  told.tell(kMonday, {moved({move(Bucket::receivable, -50, kAcme, kMonday)})});
  const PastAccount account = sum(told.rows(), kNoDate, 2);
  EXPECT_EQ(account.by_due, (std::map<Date, Minor>{{kTuesday, Minor{60}}}));
  EXPECT_EQ(account.by_terms, (std::map<std::uint32_t, Minor>{{kNoOrdinal, Minor{60}}}));
}

TEST(Entries, KeepThePayersOfOneEventApart) {
  ToldView<Entries> told;
  told.tell(kMonday, {moved({move(Bucket::ordered, 1), move(Bucket::ordered, 20, 4),
                             move(Bucket::ordered, 300)})});
  EXPECT_EQ(sum(told.rows(), kNoDate, 1).exposure(), Minor{301});
  EXPECT_EQ(sum(told.rows(), kNoDate, 1, 4).exposure(), Minor{20});
}

TEST(Entries, KnowTheLimitOfThen) {
  ToldView<Entries> told;
  told.tell(kMonday, {limit(500)});
  told.tell(kTuesday, {limit(900)});
  EXPECT_EQ(sum(told.rows(), kNoDate, 1).limit, Minor{500});
  EXPECT_EQ(sum(told.rows(), kNoDate, 2).limit, Minor{900});
  const PastAccount monday = sum(told.rows(), kMonday, 2);
  EXPECT_EQ(monday.limit, Minor{500});
  EXPECT_EQ(monday.limit_set_at, Sequence{1});
  EXPECT_FALSE(sum(told.rows(), Date{kMonday.value() - 1}, 2).limit.has_value());
}

TEST(Entries, SayThatARowCannotBeRead) {
  for (const EventParts& event : {moved({move(Bucket::ordered, 1)}), limit(1)}) {
    ToldView<Entries> told;
    told.tell(kMonday, {event});
    for (auto& [key, value] : told.rows().rows())
      value.pop_back();
    AccountSum work({BookNumber{1}, CompanyId{kAcme}, kNoDate, Sequence{1}});
    const Result<bool> done = work.advance(told.rows(), 10);
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().kind, ErrorKind::kCorrupt);
  }
}

}  // namespace
}  // namespace kontor::test
