// Requests that wait for people, many of them, under a tree as deep as may be: one person's list,
// and a yes that is found by climbing to the root.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "api/questions/present.h"
#include "bench/world.h"
#include "events/base/assert.h"
#include "events/json/json.h"

namespace kontor::bench {
namespace {

constexpr int kDepth = 16;
constexpr int kUnitsBelow = 200;  // companies at the lowest level
constexpr std::uint16_t kEuro = 978;

class Waiting {
 public:
  explicit Waiting(std::int64_t requests) {
    world_.begin(page_);
    set_up();
    for (std::int64_t i = 0; i < requests; ++i)
      place(i);
  }

  const Book& book() { return world_.book(); }
  // Decides outside of the log.
  void decide(const std::string& actor, const std::string& command) {
    const std::string text =
        R"({"id":"a-)" + std::to_string(++ids_) + R"(","actor":")" + actor + "\"," + command + "}";
    const Result<CommandText> read = read_command_json(text, {kEuro});
    KONTOR_ASSERT(read.ok());
    world_.decide(page_, Kept{read->id, read->actor, read->kind, AlignedBuffer(read->body)});
    if (page_.decisions() < 1'000) return;
    page_.clear();
    world_.begin(page_);
  }
  std::string order(std::int64_t number) const { return "W-" + std::to_string(number); }

 private:
  void set_up() {
    std::string parent;
    for (int level = 0; level < kDepth - 1; ++level) {
      const std::string name = "level-" + std::to_string(level);
      const std::string below = parent.empty() ? "" : R"(,"parent":")" + parent + '"';
      decide("clerk",
             R"("RegisterCompany":{"company":")" + name + R"(","currency":"EUR")" + below + "}");
      // Nobody but the root's admin covers anything.
      const std::string role = level == 0 ? "admin" : "approver";
      decide("clerk", R"("RegisterBuyer":{"buyer":"of-)" + name + R"(","company":")" + name +
                          R"(","order_limit":"0.00","roles":[{"role":")" + role +
                          R"(","reach":"company_and_below"}]})");
      parent = name;
    }
    for (int unit = 0; unit < kUnitsBelow; ++unit) {
      decide("clerk", R"("RegisterCompany":{"company":"unit-)" + std::to_string(unit) +
                          R"(","currency":"EUR","parent":")" + parent + R"("})");
    }
    decide("clerk", R"("RegisterCompany":{"company":"elsewhere","currency":"EUR"})");
    decide("clerk", R"("RegisterBuyer":{"buyer":"stranger","company":"elsewhere",
        "roles":[{"role":"approver","reach":"company_and_below"}]})");
    decide("clerk", R"("SetTaxRate":{"category":"free","rate":"0"})");
    decide("clerk", R"("RegisterItem":{"item":"thing","unit":"pc","tax_category":"free"})");
    decide("clerk", R"("SetPrice":{"list":"waiting","currency":"EUR","item":"thing",
        "breaks":[{"from_quantity":0,"unit_price":"1.00"}]})");
    decide("clerk", R"("SetPolicy":{"policy":"price.list","value":"waiting"})");
    decide("clerk", R"("SetRule":{"rule":"climb","outcome":"ask",
        "tiers":[{"groups":[{"climb":true}]}]})");
  }

  void place(std::int64_t number) {
    decide("clerk", R"("PlaceOrder":{"order":")" + order(number) + R"(","company":"unit-)" +
                        std::to_string(number % kUnitsBelow) +
                        R"(","lines":[{"item":"thing","quantity":1}]})");
  }

  World world_{1};
  PageBuilder page_;
  std::uint64_t ids_ = 0;
};

// A page of what waits for somebody: the root's admin, who has everything, or a stranger to the
// tree.
void list_approvals(benchmark::State& state, const std::string& person) {
  Waiting waiting(state.range(0));
  questions::Query query;
  query.question = wire::Question::approvals;
  query.name = person;
  for ([[maybe_unused]] auto _ : state)
    benchmark::DoNotOptimize(questions::answer_approvals(waiting.book(), query));
}
BENCHMARK_CAPTURE(list_approvals, of_the_root_admin, "of-level-0")
    ->Arg(1'000)
    ->Arg(20'000)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(list_approvals, of_a_stranger, "stranger")
    ->Arg(1'000)
    ->Arg(20'000)
    ->Unit(benchmark::kMicrosecond);

// A yes, found by climbing sixteen levels.
void approve_by_climbing(benchmark::State& state) {
  constexpr std::int64_t kRequests = 20'000;
  Waiting waiting(kRequests);
  std::int64_t next = 0;
  for ([[maybe_unused]] auto _ : state) {
    if (next == kRequests) {
      state.SkipWithError("no requests left");
      break;
    }
    waiting.decide("of-level-0", R"("ApproveOrder":{"order":")" + waiting.order(next++) + R"("})");
  }
}
BENCHMARK(approve_by_climbing)->Iterations(10'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace kontor::bench
