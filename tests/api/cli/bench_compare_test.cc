// kontor bench --compare: what is run in which order, and what is made of the figures.
#include "api/cli/bench_compare.h"

#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/cli/own_server.h"

namespace kontor::cli {
namespace {

BenchReport report_of(const BenchOptions& options, std::uint64_t answered) {
  BenchReport report;
  report.options = options;
  report.own_server = true;
  report.server_version = "kontord test";
  report.log_bytes = 300 * answered;
  report.written = LogWritten{.page_bytes = 1'000, .write_ahead_bytes = 1'010, .table_bytes = 590};
  DriveResult& mix = report.mix.emplace();
  mix.answered = answered;
  mix.done = answered;
  mix.seconds = 1;
  mix.latency.add(std::chrono::milliseconds(2));
  report.mix_server_cpu = 0.5;
  return report;
}

class AComparison : public testing::Test {
 protected:
  Result<BenchComparison> compare(const std::string& wish, std::size_t rounds) {
    return compare_bench(
        options_, wish, rounds,
        [this](const BenchOptions& options) -> Result<BenchReport> {
          runs_.push_back(options.books);
          const std::uint64_t rate = rates_[(runs_.size() - 1) % rates_.size()];
          return report_of(options, rate);
        },
        [this](const std::string& text) { told_.push_back(text); });
  }

  BenchOptions options_;
  std::vector<std::uint64_t> rates_ = {100, 90, 200, 96, 120, 60};
  std::vector<std::size_t> runs_;
  std::vector<std::string> told_;
};

TEST_F(AComparison, RunsTheValuesInTurn) {
  ASSERT_TRUE(compare("books=1,1000", 3).ok());
  EXPECT_EQ(runs_, (std::vector<std::size_t>{1, 1'000, 1, 1'000, 1, 1'000}));
  EXPECT_EQ(told_.at(3), "round 2 of 3: books=1000");
}

TEST_F(AComparison, TellsMediansAndSpread) {
  const Result<BenchComparison> comparison = compare("books=1,1000", 3);
  ASSERT_TRUE(comparison.ok());
  const auto json = nlohmann::json::parse(comparison_json(*comparison));
  EXPECT_EQ(json["compare"], "books");
  EXPECT_EQ(json["rounds"], 3);
  const auto& many = json["values"][1];
  EXPECT_EQ(many["value"], "1000");
  EXPECT_EQ(many["mix"]["per_second"]["median"], 90);
  EXPECT_EQ(many["mix"]["per_second"]["least"], 60);
  EXPECT_EQ(many["mix"]["per_second"]["most"], 96);
  EXPECT_EQ(many["write_amplification"]["median"], 1.6);
  EXPECT_EQ(many["bytes_per_command"]["median"], 300);
  EXPECT_EQ(many["conditions"]["books"], 1'000);
  EXPECT_FALSE(many.contains("payments")) << "not measured";

  std::ostringstream out;
  print_comparison(out, *comparison);
  EXPECT_NE(out.str().find("-25.0 %"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("1.60"), std::string::npos) << out.str();
}

TEST_F(AComparison, SaysWhatItDoesNotTake) {
  const auto refused = [this](const std::string& wish) {
    const Result<BenchComparison> comparison = compare(wish, 1);
    EXPECT_FALSE(comparison.ok()) << wish;
    if (comparison.ok()) return std::string();
    EXPECT_EQ(comparison.error().kind, ErrorKind::kUsage);
    return comparison.error().message;
  };
  EXPECT_NE(refused("books").find("OPTION=A,B"), std::string::npos);
  EXPECT_NE(refused("colour=red,blue").find("there are: batch, books"), std::string::npos);
  EXPECT_NE(refused("books=1,,3").find("a number from 1 to 10000"), std::string::npos);
  EXPECT_NE(refused("books=1,0").find("not '0'"), std::string::npos);
  EXPECT_NE(refused("batch=1x").find("not '1x'"), std::string::npos);
  EXPECT_NE(refused("seed=1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1").find("at most 20"),
            std::string::npos);
  EXPECT_TRUE(runs_.empty()) << "nothing is run before all of it is understood";
}

TEST_F(AComparison, IsNotDoneWhenAnAnswerWasNot) {
  Result<BenchComparison> comparison = compare("books=1,2", 2);
  ASSERT_TRUE(comparison.ok());
  EXPECT_TRUE(comparison->all_done());
  comparison->values[1].runs[1].mix->done -= 1;
  EXPECT_FALSE(comparison->all_done());
}

TEST(BenchOptions, SpreadCompaniesAndItemsOverTheBooks) {
  BenchOptions options;
  options.companies = 1'000;
  options.items = 1'000;
  EXPECT_EQ(options.companies_of_book(), 1'000U);
  options.books = 100;
  EXPECT_EQ(options.companies_of_book(), 10U);
  EXPECT_EQ(options.items_of_book(), 10U);
  options.books = 5'000;
  EXPECT_EQ(options.companies_of_book(), 1U) << "never none";
  EXPECT_EQ(options.items_of_book(), 10U) << "never so few that all wait for one";
  options.items = 1;
  EXPECT_EQ(options.items_of_book(), 1U) << "but when that is what is asked for";
}

TEST(MetricSum, AddsTheSeriesOfOneName) {
  const std::string text =
      "# HELP kontor_written_bytes_total Bytes\n"
      "# TYPE kontor_written_bytes_total counter\n"
      "kontor_written_bytes_total{by=\"flush\",shard=\"0\"} 5\n"
      "kontor_written_bytes_total{by=\"flush\",shard=\"1\"} 1.5e+03\n"
      "kontor_written_bytes_total{by=\"compaction\"} 7\n"
      "kontor_written_bytes_total_of_others 100\n"
      "kontor_commits_total 12";
  EXPECT_EQ(metric_sum(text, "kontor_written_bytes_total", "flush"), 1'505);
  EXPECT_EQ(metric_sum(text, "kontor_written_bytes_total"), 1'512);
  EXPECT_EQ(metric_sum(text, "kontor_commits_total"), 12);
  EXPECT_EQ(metric_sum(text, "kontor_none"), 0);
}

}  // namespace
}  // namespace kontor::cli
