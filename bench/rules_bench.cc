// match_rules: what an order costs by how many rules there are of which few concern it, and by how
// deep its company lies under limits.
#include <string>

#include <benchmark/benchmark.h>

#include "bench/world.h"
#include "engine/rules/matching.h"
#include "events/base/assert.h"
#include "events/json/json.h"

namespace kontor::bench {
namespace {

constexpr std::uint16_t kEuro = 978;
constexpr std::size_t kCompanies = 1'000;

class RuleBook {
 public:
  RuleBook() : world_(kCompanies) {}

  void say(const std::string& command) {
    const auto text = read_command_json(
        R"({"id":"r-)" + std::to_string(++ids_) + "\"," + command + "}", JsonOptions{kEuro});
    KONTOR_ASSERT(text.ok());
    world_.begin(page_);
    world_.decide(page_, Kept{text->id, "clerk", text->kind,
                              AlignedBuffer(std::span<const std::byte>(text->body))});
    page_.clear();
  }
  // Of companies in turn: each has a thousandth of them.
  void add_rules(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      say(R"("SetRule":{"rule":"rule-)" + std::to_string(i) +
          R"(","outcome":"hold","scope_kind":"company","scope":")" + name(i % kCompanies) +
          R"(","conditions":[{"figure":"order_total_with_tax","amount":"900000.00"}]})");
    }
  }
  // A chain of companies with a limit each, under the policy that meets all of them.
  CompanyId add_tree(std::size_t depth) {
    say(R"("SetPolicy":{"policy":"credit.tree","value":"each"})");
    std::string parent;
    for (std::size_t i = 0; i < depth; ++i) {
      const std::string company = "level-" + std::to_string(i);
      std::string command = R"("RegisterCompany":{"company":")" + company + '"';
      if (!parent.empty()) command.append(R"(,"parent":")").append(parent).append("\"");
      say(command + "}");
      say(R"("SetCreditLimit":{"company":")" + company + R"(","limit":"900000.00"})");
      parent = company;
    }
    return *book().parties().find_company(parent);
  }
  std::string name(std::size_t company) {
    return std::string(book().parties().name(CompanyId{static_cast<std::uint32_t>(company)}));
  }
  Book& book() { return world_.book(); }

 private:
  World world_;
  PageBuilder page_;
  std::uint64_t ids_ = 0;
};

OrderFacts order_of(CompanyId company) {
  OrderFacts facts;
  facts.company = company;
  facts.payer = company;
  facts.currency = CurrencyCode{kEuro};
  facts.total = Minor{12'000};
  facts.net = Minor{10'000};
  facts.need = Minor{12'000};
  return facts;
}

void match(benchmark::State& state, const Book& book, const OrderFacts& facts) {
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(
        match_rules(book, facts, {Moment::placement}, {Outcome::hold, Outcome::ask}));
  }
  state.SetItemsProcessed(state.iterations());
}

void rules_of_companies(benchmark::State& state) {
  RuleBook rules;
  rules.add_rules(static_cast<std::size_t>(state.range(0)));
  match(state, rules.book(), order_of(CompanyId{0}));
}
BENCHMARK(rules_of_companies)->Arg(1)->Arg(100)->Arg(1'000)->Arg(10'000);

void limits_above(benchmark::State& state) {
  RuleBook rules;
  const CompanyId company = rules.add_tree(static_cast<std::size_t>(state.range(0)));
  match(state, rules.book(), order_of(company));
}
BENCHMARK(limits_above)->Arg(1)->Arg(4)->Arg(16);

}  // namespace
}  // namespace kontor::bench
