// What is set for scopes below the book, and which policies have anything to look for there.
#include "projections/policies.h"

#include <cstring>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "rule_generated.h"

namespace kontor::test {
namespace {

constexpr std::uint32_t kAcme = 3;

// value null: inherited again.
void set_for_company(Policies& policies, PolicyKey key, std::uint32_t company, const char* value) {
  flatbuffers::FlatBufferBuilder out;
  const auto text = value == nullptr ? 0 : out.CreateString(value);
  out.Finish(CreatePolicySet(out, key, text, ScopeKind::company, 0, company));
  policies.on(Envelope{}, *flatbuffers::GetRoot<PolicySet>(out.GetBufferPointer()));
}

std::vector<std::byte> saved(const Policies& policies) {
  BufferSink out;
  policies.save(out);
  return {out.bytes().begin(), out.bytes().end()};
}

TEST(Policies, AreLookedForBelowTheBookWhileSomethingIsSetThere) {
  Policies policies;
  EXPECT_FALSE(policies.is_scoped(PolicyKey::stock_at));
  set_for_company(policies, PolicyKey::stock_at, kAcme, "approval");
  set_for_company(policies, PolicyKey::stock_at, kAcme, "placement");
  set_for_company(policies, PolicyKey::stock_at, kAcme + 1, "placement");
  EXPECT_TRUE(policies.is_scoped(PolicyKey::stock_at));
  EXPECT_FALSE(policies.is_scoped(PolicyKey::credit_at)) << "another policy";
  set_for_company(policies, PolicyKey::stock_at, kAcme, nullptr);
  set_for_company(policies, PolicyKey::stock_at, kAcme, nullptr);
  EXPECT_TRUE(policies.is_scoped(PolicyKey::stock_at)) << "the other company's is there";
  set_for_company(policies, PolicyKey::stock_at, kAcme + 1, nullptr);
  EXPECT_FALSE(policies.is_scoped(PolicyKey::stock_at));
}

TEST(Policies, AreLookedForBelowTheBookAfterTheyWereLoaded) {
  Policies policies;
  set_for_company(policies, PolicyKey::stock_at, kAcme, "approval");
  set_for_company(policies, PolicyKey::credit_at, kAcme, "shipment");
  set_for_company(policies, PolicyKey::credit_at, kAcme, nullptr);
  const std::vector<std::byte> bytes = saved(policies);
  Source in(bytes);
  Policies loaded;
  set_for_company(loaded, PolicyKey::price_from, kAcme, "command");  // is replaced
  loaded.load(in);
  ASSERT_TRUE(in.ok() && in.at_end());
  EXPECT_TRUE(loaded.is_scoped(PolicyKey::stock_at));
  EXPECT_FALSE(loaded.is_scoped(PolicyKey::credit_at));
  EXPECT_FALSE(loaded.is_scoped(PolicyKey::price_from));
  set_for_company(loaded, PolicyKey::stock_at, kAcme, nullptr);
  EXPECT_FALSE(loaded.is_scoped(PolicyKey::stock_at));
}

TEST(Policies, AreNotLoadedFromAKeyThatNoneHas) {
  Policies policies;
  const std::size_t of_book = saved(policies).size();  // and a count
  set_for_company(policies, PolicyKey::stock_at, kAcme, "approval");
  std::vector<std::byte> bytes = saved(policies);
  const auto key = static_cast<PolicyKey>(kPolicyPlaces);
  std::memcpy(bytes.data() + of_book, &key, sizeof key);
  Source in(bytes);
  Policies loaded;
  loaded.load(in);
  EXPECT_FALSE(in.ok());
}

}  // namespace
}  // namespace kontor::test
