// Views made again beside the ones in use, while commands and questions go on.
#include "engine/views/view_renewal.h"

#include "tests/engine/views/the_views.h"

namespace kontor::test {
namespace {

TEST_F(TheViews, AreMadeAgainBesideTheOnesInUseWhileCommandsGoOn) {
  order("O-1");
  const auto host = start();
  ASSERT_TRUE(host->wait_for(live_.log().tail().last, kWaitMax));
  host->renew();
  for (int i = 2; i < 20; ++i)
    order("O-" + std::to_string(i));
  for (const std::string& view : view_names()) {
    EXPECT_TRUE(hears("view " + view + ": the one in use is what the log says")) << said();
    ASSERT_TRUE(hears("view " + view + ": the new one is in its place")) << said();
  }
  order("O-20");
  ASSERT_TRUE(host->wait_for(live_.log().tail().last, kWaitMax)) << "they follow on";
  for (const ViewStatus& status : host->status()) {
    EXPECT_FALSE(status.renewing) << status.view;
    EXPECT_EQ(status.differed, 0U) << status.view;
    EXPECT_EQ(status.rebuilds, 0U) << status.view;
    EXPECT_FALSE(fs::exists(folder() / (status.view + ".new")));
  }
  host->stop();
  expect_sound();
}

TEST_F(TheViews, ThatDifferAreReplacedByARenewalThatSaysWhere) {
  order("O-1");
  keep_forgetful_entries();
  auto host = start();
  ASSERT_TRUE(host->wait_for(live_.log().tail().last, kWaitMax));
  host->renew();
  EXPECT_TRUE(hears("view entries: the one in use is NOT what the log says")) << said();
  EXPECT_TRUE(has_said("is missing")) << said();
  ASSERT_TRUE(hears("view entries: the new one is in its place")) << said();
  for (const ViewStatus& status : host->status())
    EXPECT_EQ(status.differed, status.view == "entries" ? 1U : 0U) << status.view;
  host->stop();
  EXPECT_EQ(check("entries").found, ViewCheck::Found::kEqual);
}

TEST_F(TheViews, KeepTheirPlaceAsLongAsAQuestionReadsThem) {
  order("O-1");
  const auto host = start();
  ASSERT_TRUE(host->wait_for(live_.log().tail().last, kWaitMax));
  auto reading = host->open("timeline");
  ASSERT_TRUE(reading.ok());
  host->renew();
  ASSERT_TRUE(hears("view timeline: the one in use is what the log says")) << said();
  const Result<Sequence> position = (*reading)->position(kBook);
  ASSERT_TRUE(position.ok()) << "what is being read stays readable";
  EXPECT_EQ(*position, live_.engine().books().front().last_sequence);
  EXPECT_FALSE(has_said("view timeline: the new one is in its place")) << said();
  reading->reset();
  EXPECT_TRUE(hears("view timeline: the new one is in its place")) << said();
}

TEST_F(TheViews, GoOnWhereARenewalCannotBeMade) {
  order("O-1");
  const auto host = start();
  ASSERT_TRUE(host->wait_for(live_.log().tail().last, kWaitMax));
  ASSERT_TRUE(fs::create_directories(folder() / "timeline.new.run" / "in the way"));
  host->renew();
  ASSERT_TRUE(hears("view documents: the new one is in its place")) << said();
  EXPECT_TRUE(hears("view timeline: could not be made again beside the one in use")) << said();
  EXPECT_FALSE(has_said("view timeline: the new one is in its place")) << said();
  order("O-2");
  EXPECT_TRUE(host->wait_for(live_.log().tail().last, kWaitMax));
}

TEST_F(TheViews, ForgetARenewalThatWasCutOff) {
  order("O-1");
  follow();
  {
    auto cut_off = ViewRenewal::begin(live_.log(), "timeline", folder() / "timeline.new", {});
    ASSERT_TRUE(cut_off.ok());
  }
  ASSERT_TRUE(fs::exists(folder() / "timeline.new"));
  forget_said();
  follow();
  EXPECT_EQ(said(), "");
  EXPECT_FALSE(fs::exists(folder() / "timeline.new"));
  expect_sound();
}

}  // namespace
}  // namespace kontor::test
