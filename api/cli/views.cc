#include "api/cli/views.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ostream>
#include <system_error>

#include <nlohmann/json.hpp>

#include "api/cli/environment.h"
#include "api/cli/progress.h"
#include "api/cli/words.h"
#include "events/log/data_folder.h"
#include "events/log/rocksdb_event_log.h"
#include "projections/views/view.h"

namespace kontor::cli {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

std::uint64_t ms_since(Clock::time_point begin) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count());
}

// A folder of its own that goes with the object.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::error_code code;
    const fs::path place = fs::temp_directory_path(code);
    std::string name = (place / "kontor-views-XXXXXX").string();
    if (!code && mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// Commits while deriving, with the time left; comparing goes without a bar.
ViewDerivation::Progress derive_progress(Progress& progress) {
  return [&progress](std::uint64_t done, std::uint64_t of) {
    if (of != 0) progress.update(done);
  };
}

Result<CheckedView> check_one(const Environment& env, const EventLog& log, const std::string& view,
                              const ViewDerivation::Places& places) {
  Progress progress(env.err, env.err_terminal, "commits folded for " + view,
                    log.tail().last.value());
  const auto begin = Clock::now();
  ViewDerivation derivation(log, view, places, derive_progress(progress));
  auto check = derivation.check();
  progress.finish();
  if (!check) return check.error();
  CheckedView out{view, std::move(*check), derivation.derived(), ms_since(begin)};
  if (Status dropped = derivation.drop(); !dropped) return dropped.error();
  return out;
}

void print_replayed(const Environment& env, const CheckedView& view) {
  const double seconds = static_cast<double>(view.milliseconds) / 1'000;
  const double rate = seconds > 0 ? static_cast<double>(view.derived.events) / seconds : 0;
  if (env.json) {
    nlohmann::ordered_json json = {{"view", view.view},
                                   {"found", found_word(view)},
                                   {"what", view.check.what},
                                   {"compared_to_commit", view.check.kept_to.value()},
                                   {"rows_compared", view.check.rows},
                                   {"commits", view.derived.commit.value()},
                                   {"events", view.derived.events},
                                   {"seconds", seconds},
                                   {"swapped", true}};
    env.out << json.dump() << '\n';
    return;
  }
  env.out << view.view << ": " << found_text(view) << "; the new one is in its place, up to commit "
          << with_thousands(view.derived.commit.value()) << '\n';
  env.err << with_thousands(view.derived.events) << " events in " << duration_text(seconds) << ", "
          << with_thousands(static_cast<std::uint64_t>(rate)) << "/s with comparing and merging\n";
}

std::string names_of_views() {
  std::string out;
  for (const std::string& name : view_names())
    out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace

std::string found_word(const CheckedView& view) {
  switch (view.check.found) {
    case ViewCheck::Found::kNone:
      return "none";
    case ViewCheck::Found::kEqual:
      return "equal";
    case ViewCheck::Found::kDifferent:
      return "different";
    case ViewCheck::Found::kOfNoUse:
      return "of_no_use";
  }
  return "none";
}

std::string found_text(const CheckedView& view) {
  const std::string up_to = " up to commit " + with_thousands(view.check.kept_to.value());
  switch (view.check.found) {
    case ViewCheck::Found::kNone:
      return "there was none";
    case ViewCheck::Found::kEqual:
      return "what was there is equal" + up_to + " (" + with_thousands(view.check.rows) + " rows)";
    case ViewCheck::Found::kDifferent:
      return "what was there differs" + up_to + ": " + view.check.what;
    case ViewCheck::Found::kOfNoUse:
      return "what was there was of no use: " + view.check.what;
  }
  return {};
}

Result<std::vector<CheckedView>> check_views(const Environment& env, const EventLog& log,
                                             const fs::path& data) {
  const ScratchFolder scratch;
  if (scratch.path().empty()) {
    return Error{ErrorKind::kIo, "cannot make a folder for temporary files; set TMPDIR"};
  }
  std::vector<CheckedView> out;
  for (const std::string& view : view_names()) {
    const ViewDerivation::Places places{data / "views" / view, scratch.path() / view};
    auto checked = check_one(env, log, view, places);
    // A server that runs on may have gone further since the log was opened.
    if (checked && checked->check.kept_to > log.tail().last) {
      RocksdbLogOptions options;
      options.mode = FolderMode::kReadOnly;
      const auto longer = RocksdbEventLog::open(data, options);
      if (!longer) return longer.error();
      checked = check_one(env, **longer, view, places);
    }
    if (!checked) return checked.error();
    out.push_back(std::move(*checked));
  }
  return out;
}

int run_replay_view(const Environment& env, const std::string& data, const std::string& view) {
  const auto names = view_names();
  if (std::ranges::find(names, view) == names.end()) {
    return fail(env, {ErrorKind::kUsage,
                      "no view is called '" + view + "'; there are " + names_of_views()});
  }
  const auto part = DataFolder::look(data);
  if (!part) return fail(env, part.error());
  const auto folder =
      DataFolder::open(data, FolderMode::kWrite, part->value_or(FolderPart{}));  // holds its lock
  if (!folder) return fail(env, folder.error());
  RocksdbLogOptions log_options;
  log_options.mode = FolderMode::kReadOnly;
  const auto log = RocksdbEventLog::open(data, log_options);
  if (!log) return fail(env, log.error());

  const fs::path kept = fs::path(data) / "views" / view;
  Progress progress(env.err, env.err_terminal, "commits folded", (*log)->tail().last.value());
  const auto begin = Clock::now();
  ViewDerivation derivation(**log, view, {kept, fs::path(kept.string() + ".new")},
                            derive_progress(progress));
  auto check = derivation.check();
  if (!check) return fail(env, check.error());
  if (Status replaced = derivation.replace(); !replaced) return fail(env, replaced.error());
  progress.finish();
  const CheckedView out{view, std::move(*check), derivation.derived(), ms_since(begin)};
  print_replayed(env, out);
  return out.sound() ? kExitDone : kExitCorrupt;
}

}  // namespace kontor::cli
