// ViewWatch: the views behind an engine, over many processes: of the engine, of the host, and of a
// host that dies in the middle of what it writes, at times with the power of its disk. Whatever
// they have followed and while new ones are made beside them, what they answer is what the log and
// the model say. The engine itself finds the events of settled orders by them.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/views/view_host.h"
#include "tests/simulation/finding.h"
#include "tests/simulation/forgetful_disk.h"
#include "tests/simulation/frame.h"
#include "tests/simulation/random.h"
#include "tests/simulation/watch/watcher.h"

namespace kontor::test {

class ViewWatch final : public Watcher {
 public:
  // `folder`: for the stores; theirs alone.
  ViewWatch(std::uint64_t seed, std::filesystem::path folder, Coverage& coverage);
  ~ViewWatch() override;

  void before(const EventLog& log, EngineOptions& options) override;
  void begin(Engine& engine) override { engine_ = &engine; }
  Wrong look(const PlainLog& told, const model::State& state) override;
  Wrong end(const PlainLog& told) override;
  Wrong finish(const PlainLog& told, const model::State& state) override;

 private:
  // The host of the moment, for those who ask: the engine, and this.
  class Hosted final : public Views {
   public:
    Result<std::shared_ptr<const ViewSnapshot>> open(std::string_view view) const override;
    std::vector<ViewStatus> status() const override;
    std::shared_ptr<ViewHost> host() const;
    void set(std::shared_ptr<ViewHost> host);

   private:
    mutable std::mutex mutex_;
    std::shared_ptr<ViewHost> host_;
  };

  void start_host(bool may_die);
  void stop_host();
  ViewHostOptions options();
  bool dies(IngestStep at);
  void note(const std::string& text);
  Wrong check(const PlainLog& told, const model::State& state, bool everything);
  bool wait_for_all(const ViewHost& host);
  Wrong check_status(const PlainLog& told);

  Random random_;
  Coverage& coverage_;
  const std::filesystem::path folder_;
  Bell bell_;
  ForgetfulDisk disk_;
  Hosted hosted_;
  const EventLog* log_ = nullptr;
  Engine* engine_ = nullptr;
  // Under the bell.
  std::uint64_t steps_left_ = 0;  // of the host, until it dies; 0: it does not
  bool dead_ = false;
  bool dies_with_its_disk_ = false;
  Wrong wrong_;
};

}  // namespace kontor::test
