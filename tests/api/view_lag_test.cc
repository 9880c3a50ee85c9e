// What /readyz and /metrics tell of views that are behind.
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "api/questions/question.h"
#include "api/site.h"
#include "tests/api/fake_engine.h"

namespace kontor {
namespace {

// Two views with a lag that the test sets.
class SetViews final : public Views {
 public:
  Result<std::shared_ptr<const ViewSnapshot>> open(std::string_view) const override {
    return Error{ErrorKind::kUnavailable, "not kept here"};
  }
  std::vector<ViewStatus> status() const override { return {timeline, entries}; }

  ViewStatus timeline{.view = "timeline", .commit = CommitNumber{9}, .tail = CommitNumber{9}};
  ViewStatus entries{.view = "entries", .commit = CommitNumber{3}, .tail = CommitNumber{12}};
};

class TheLagOfViews : public testing::Test {
 protected:
  void SetUp() override {
    metrics_.watch(views_);
    site_.watch(views_, 60);
    site_.set_ready(true);
  }

  HttpReply readiness() {
    HttpReply out;
    HttpRequest request;
    request.method = "GET";
    request.target = "/readyz";
    request.host = "127.0.0.1:7412";
    site_.answer(request, [&](const std::function<HttpReply()>& made) { out = made(); });
    return out;
  }

  test::FakeEngine engine_;
  ServerCounters counters_;
  Metrics metrics_{engine_, counters_, {0.1, 1.0}, "kontord test"};
  std::unique_ptr<QuestionAnswerer> questions_ = make_question_answerer();
  JsonApi api_{engine_, *questions_, std::chrono::seconds(5)};
  Site site_{metrics_, api_};
  SetViews views_;
};

TEST_F(TheLagOfViews, IsToldByReadyz) {
  views_.entries.behind_ms = 2'050;
  const HttpReply reply = readiness();
  EXPECT_EQ(reply.status, 200U);
  EXPECT_NE(reply.body.find("view timeline: commit 9 of 9, behind for 0.000 s\n"),
            std::string::npos)
      << reply.body;
  EXPECT_NE(reply.body.find("view entries: commit 3 of 12, behind for 2.050 s\n"),
            std::string::npos)
      << reply.body;
}

TEST_F(TheLagOfViews, MakesTheServerNotReadyOnlyBeyondItsBound) {
  views_.entries.behind_ms = 60'000;
  EXPECT_EQ(readiness().status, 200U);
  views_.entries.behind_ms = 60'001;
  const HttpReply reply = readiness();
  EXPECT_EQ(reply.status, 503U);
  EXPECT_NE(reply.body.find("more than 60 s behind"), std::string::npos) << reply.body;
  EXPECT_NE(reply.body.find("view entries"), std::string::npos) << reply.body;
  EXPECT_EQ(reply.body.find("view timeline"), std::string::npos) << reply.body;
}

TEST_F(TheLagOfViews, SaysWhatIsBeingBuiltAndWhatIsInTrouble) {
  views_.entries.building = true;
  views_.entries.left_ms = 7'000;
  views_.timeline.trouble = "the disk is full";
  const std::string body = readiness().body;
  EXPECT_NE(body.find("being built, about 7 s left"), std::string::npos) << body;
  EXPECT_NE(body.find("in trouble: the disk is full"), std::string::npos) << body;
}

TEST_F(TheLagOfViews, IsInTheMetrics) {
  views_.entries.behind_ms = 2'500;
  views_.entries.building = true;
  views_.entries.rebuilds = 1;
  const std::string text = metrics_.text();
  for (const char* line :
       {"kontor_view_commit{view=\"timeline\"} 9", "kontor_view_lag_seconds{view=\"entries\"} 2.5",
        "kontor_view_building_ratio{view=\"entries\"} 0.25",
        "kontor_view_building_ratio{view=\"timeline\"} 1",
        "kontor_view_rebuilds_total{view=\"entries\"} 1",
        "kontor_view_lag_events{view=\"timeline\"} 0"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
}

TEST_F(TheLagOfViews, OfOneShardMakesAllOfTheServerNotReady) {
  SetViews late;
  site_.watch(late, 60, "1");
  EXPECT_EQ(readiness().status, 200U);
  late.timeline.behind_ms = 60'001;
  const HttpReply reply = readiness();
  EXPECT_EQ(reply.status, 503U);
  EXPECT_NE(reply.body.find("shard 1, view timeline: commit 9 of 9, behind for 60.001 s"),
            std::string::npos)
      << reply.body;
}

}  // namespace
}  // namespace kontor
