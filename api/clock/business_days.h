// BusinessDays: opens the days of books whose calendar goes by the clock: at local midnight of the
// book's time zone, or as soon as it can afterwards, every day up to the local one. Each day has
// its own command id, so that however often it is sent, it is opened once. The day never goes back,
// whatever the host's clock does.
//
// A thread of its own; the functions from any.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "api/clock/time_zone.h"
#include "engine/engine.h"

namespace kontor {

// A book that goes by the clock, as its state says.
struct ClockBook {
  BookNumber book;
  std::string time_zone;
  Date business_date;
};

class BusinessDays {
 public:
  struct Options {
    std::string zone_folder = kZoneFolder;
    // Clocks are set, machines sleep: however far midnight is, it looks at the clock so often.
    std::chrono::milliseconds look_interval{15'000};
    // Told of what keeps a day from being opened; each text once in a row.
    std::function<void(const std::string& text)> warn;
  };
  // Engine and clock outlive it.
  BusinessDays(Engine& engine, Clock& clock, Options options);
  ~BusinessDays() { stop(); }
  BusinessDays(const BusinessDays&) = delete;
  BusinessDays& operator=(const BusinessDays&) = delete;

  void start();
  void look();  // now
  void stop();  // before the engine's

 private:
  struct Shared;  // with answers that come when this is gone

  void run();
  std::optional<std::vector<ClockBook>> ask_books();
  // Opens what is due; the time when something is due next.
  Timestamp open_due(const std::vector<ClockBook>& books);
  const TimeZone* zone(const std::string& name);
  void open_day(const ClockBook& book, Date date);
  void warn(const std::string& text);

  Engine& engine_;
  Clock& clock_;
  const Options options_;
  std::shared_ptr<Shared> shared_;
  std::shared_ptr<const OnDurable> on_durable_;
  std::map<std::string, TimeZone> zones_;
  std::string warned_;
  std::thread thread_;
};

// "clock:2026-03-29"
std::string day_command_id(Date date);

}  // namespace kontor
