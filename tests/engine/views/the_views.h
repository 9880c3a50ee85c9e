// Views behind a running engine, in a folder of their own.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "engine/views/derive.h"
#include "engine/views/view_host.h"
#include "projections/views/entries.h"
#include "tests/engine/views/scratch.h"
#include "tests/support/engine/live_engine.h"

namespace kontor::test {

namespace fs = std::filesystem;

inline constexpr BookNumber kBook{1};

// Entries that forget every second row.
class Forgetful final : public View {
 public:
  std::string_view name() const override { return entries_.name(); }
  std::uint32_t format() const override { return entries_.format(); }
  Status fold(BookNumber book, const DecisionView& decision, const RowSource& earlier) override {
    return entries_.fold(book, decision, earlier);
  }
  Status drain(const RowSink& sink) override {
    int rows = 0;
    return entries_.drain([&](std::string_view key, std::string_view value) {
      return ++rows % 2 == 0 ? Status{} : sink(key, value);
    });
  }
  std::size_t pending_bytes() const override { return entries_.pending_bytes(); }

 private:
  Entries entries_;
};

class TheViews : public testing::Test {
 protected:
  void SetUp() override { live_.open_shop(); }

  fs::path folder() const { return scratch_.path() / "views"; }

  ViewHostOptions options() {
    ViewHostOptions out;
    out.look_every = std::chrono::milliseconds(1);
    out.say = [this](const std::string& text) {
      const std::lock_guard lock(mutex_);
      said_ += text + "\n";
      heard_.notify_all();
    };
    return out;
  }
  std::unique_ptr<ViewHost> start() { return start(live_.log()); }
  std::unique_ptr<ViewHost> start(const EventLog& log) {
    return std::make_unique<ViewHost>(log, folder(), options());
  }
  // Runs a host until it has everything.
  void follow() { follow(live_.log()); }
  void follow(const EventLog& log) {
    const auto host = start(log);
    ASSERT_TRUE(host->wait_for(log.tail().last, kWaitMax)) << said();
  }
  std::string said() {
    const std::lock_guard lock(mutex_);
    return said_;
  }
  // Until the host has said that; false: not in time.
  bool hears(const std::string& text) {
    std::unique_lock lock(mutex_);
    return heard_.wait_for(lock, kWaitMax, [&] { return said_.find(text) != std::string::npos; });
  }
  // Entries of which every second row is missing.
  void keep_forgetful_entries() {
    auto store = ViewStore::open(folder() / "entries", {});
    ASSERT_TRUE(store.ok());
    ViewBuilder builder(live_.log(), std::make_unique<Forgetful>(), *store, {});
    ASSERT_TRUE(builder.open().ok());
    ASSERT_TRUE(builder.advance(live_.log().tail().last).ok());
  }
  bool has_said(std::string_view text) { return said().find(text) != std::string::npos; }
  void forget_said() {
    const std::lock_guard lock(mutex_);
    said_.clear();
  }

  void order(const std::string& name) {
    const EngineAnswer told =
        live_.ask(R"({"id":")" + name + R"(","PlaceOrder":{"order":")" + name +
                  R"(","company":"acme","lines":[{"item":"bolt","quantity":5}]}})");
    ASSERT_EQ(told.status, StatusCode::kDone);
  }

  ViewCheck check(const std::string& view) { return check(view, live_.log()); }
  ViewCheck check(const std::string& view, const EventLog& log) {
    ViewDerivation derivation(log, view, {folder() / view, scratch_.path() / "fresh"}, nullptr);
    const auto checked = derivation.check();
    EXPECT_TRUE(checked.ok()) << checked.error().message;
    EXPECT_TRUE(derivation.drop().ok());
    return checked.ok() ? *checked : ViewCheck{};
  }
  void expect_sound() { expect_sound(live_.log()); }
  void expect_sound(const EventLog& log) {
    for (const std::string& view : view_names()) {
      const ViewCheck found = check(view, log);
      EXPECT_EQ(found.found, ViewCheck::Found::kEqual) << view << ": " << found.what;
      EXPECT_EQ(found.kept_to, log.tail().last) << view;
    }
  }

  Scratch scratch_;
  LiveEngine live_;
  std::mutex mutex_;
  std::condition_variable heard_;
  std::string said_;
};

}  // namespace kontor::test
