#include "api/daemon_options.h"

#include <algorithm>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <toml++/toml.h>

#include "events/log/shard_folders.h"

namespace kontor {
namespace {

// One setting, on the command line as --name and in the file as name with '_' for '-'.
struct Setting {
  std::string name;
  std::string help;
  std::string* text = nullptr;  // one of the two
  std::uint64_t* number = nullptr;
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  std::vector<std::string> words;  // of a text: these only; empty: any
  CLI::Option* option = nullptr;

  std::string key() const {
    std::string key = name;
    std::replace(key.begin(), key.end(), '-', '_');
    return key;
  }
};

std::vector<Setting> settings_of(DaemonOptions& out) {
  const auto text = [](const char* name, std::string& value, const char* help,
                       std::vector<std::string> words = {}) {
    Setting setting;
    setting.name = name;
    setting.help = help;
    setting.text = &value;
    setting.words = std::move(words);
    return setting;
  };
  const auto number = [](const char* name, std::uint64_t& value, std::uint64_t least,
                         std::uint64_t most, const char* help) {
    Setting setting;
    setting.name = name;
    setting.help = help;
    setting.number = &value;
    setting.least = least;
    setting.most = most;
    return setting;
  };
  return {
      text("data", out.data, "data folder; made if new"),
      number("shards", out.shards, 0, kShardsMax,
             "shards that share nothing; a folder keeps those it was made with; 0: as it has them, "
             "1 in a new one"),
      text("listen", out.listen, "HOST:PORT for commands, a loopback address; port 0: a free one"),
      text(
          "http", out.http,
          "HOST:PORT for JSON under /v1, /metrics, /livez, /readyz, a loopback address; off: none"),
      text("log-format", out.log_format, "text or json, to stderr", {"text", "json"}),
      text("log-level", out.log_level, "debug, info, warn or error",
           {"debug", "info", "warn", "error"}),
      number("connections-max", out.connections_max, 1, 100'000, "open connections"),
      number("unanswered-mib", out.unanswered_mib, 8, 1'024,
             "MiB of a connection unanswered before it is no longer read"),
      number("idle-timeout-s", out.idle_timeout_s, 1, 86'400,
             "seconds until a silent connection is ended"),
      number("inbox-commands", out.inbox_commands, 1'024, 1U << 20,
             "commands that may wait; then: overloaded"),
      number("inbox-mib", out.inbox_mib, 8, 4'096, "MiB that may wait; then: overloaded"),
      number("page-decisions", out.page_decisions, 1, 16'384, "decisions in one group commit"),
      number("memtable-mib", out.memtable_mib, 8, 4'096,
             "MiB of log kept in memory; a start after a crash reads as much again"),
      text("snapshots", out.snapshots,
           "on or off: images of the state in DATA/snapshots, for fast starts", {"on", "off"}),
      number("snapshot-events", out.snapshot_events, 1'000, 1'000'000'000,
             "events of all books from one snapshot to the next"),
      number("snapshots-kept", out.snapshots_kept, 1, 100, "newest snapshots that are kept"),
      text("snapshot-at-stop", out.snapshot_at_stop,
           "on or off: one more at a clean stop, if a tenth of these events has come since",
           {"on", "off"}),
      number("stop-timeout-s", out.stop_timeout_s, 1, 3'600,
             "seconds for the last answers to leave at a stop"),
      text("deciding-first", out.deciding_first,
           "on or off: on a busy machine deciding and committing go before all else (nice -5), "
           "where the system allows it",
           {"on", "off"}),
      text("views", out.views, "on or off: keep views of the log for questions about history",
           {"on", "off"}),
      number("views-lag-max-s", out.views_lag_max_s, 1, 86'400,
             "seconds a view may be behind before /readyz says not ready"),
      number("past-copies", out.past_copies, 0, 16,
             "copies of the state as it was, for lists and whatever else is asked as of a position "
             "or time; then: overloaded; 0: none"),
      number("past-mib", out.past_mib, 16, 1U << 20, "MiB that all of them may take, about"),
      number("past-kept-s", out.past_kept_s, 1, 3'600, "seconds one is kept since it was asked"),
  };
}

Error usage(std::string message) {
  return {ErrorKind::kUsage, std::move(message)};
}

std::string range_of(const Setting& setting) {
  return std::to_string(setting.least) + " to " + std::to_string(setting.most);
}

// Whether the value is one that the setting may have; `where` begins the message.
Status check(const Setting& setting, const std::string& where) {
  if (setting.number != nullptr) {
    if (setting.least <= *setting.number && *setting.number <= setting.most) return {};
    return usage(where + ": " + std::to_string(*setting.number) + " is not in " +
                 range_of(setting));
  }
  const bool known = setting.words.empty() || std::find(setting.words.begin(), setting.words.end(),
                                                        *setting.text) != setting.words.end();
  if (known) return {};
  return usage(where + ": '" + *setting.text + "' is not one of: " + setting.help);
}

Status take(const toml::node& node, const Setting& setting, const std::string& where) {
  if (setting.text != nullptr) {
    const auto value = node.value_exact<std::string>();
    if (!value) return usage(where + ": a text in quotes is wanted");
    *setting.text = *value;
    return {};
  }
  const auto value = node.value_exact<std::int64_t>();
  if (!value || *value < 0) {
    return usage(where + ": a whole number is wanted, " + range_of(setting));
  }
  *setting.number = static_cast<std::uint64_t>(*value);
  return {};
}

Status apply_entry(const std::string& file, const toml::key& key, const toml::node& node,
                   std::vector<Setting>& settings) {
  const std::string name(key.str());
  const std::string where = file + ":" + std::to_string(key.source().begin.line) + ": " + name;
  const auto found = std::find_if(settings.begin(), settings.end(),
                                  [&](const Setting& setting) { return setting.key() == name; });
  if (found == settings.end()) {
    std::string message = where + ": no such setting; there are";
    for (const Setting& setting : settings)
      message += " " + setting.key();
    return usage(std::move(message));
  }
  const bool given = found->option->count() > 0;
  const Setting kept = *found;
  const std::string text = kept.text == nullptr ? "" : *kept.text;
  const std::uint64_t number = kept.number == nullptr ? 0 : *kept.number;
  Status taken = take(node, *found, where);
  if (taken) taken = check(*found, where);
  if (given && kept.text != nullptr) *kept.text = text;  // the command line wins
  if (given && kept.number != nullptr) *kept.number = number;
  return taken;
}

Status apply_file(const std::string& file, std::vector<Setting>& settings) {
  try {
    const toml::table table = toml::parse_file(file);
    for (const auto& [key, node] : table) {
      const Status applied = apply_entry(file, key, node, settings);
      if (!applied) return applied;
    }
    return {};
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    return usage(file + (line > 0 ? ":" + std::to_string(line) : "") + ": " +
                 std::string(error.description()));
  }
}

}  // namespace

Result<DaemonOptions> parse_daemon_options(std::vector<std::string> arguments,
                                           const std::string& version) {
  DaemonOptions out;
  std::vector<Setting> settings = settings_of(out);
  CLI::App app(
      "kontord: the Kontor server. Every option but --config can also stand in the config "
      "file, with _ for -; the command line wins.",
      "kontord");
  app.set_version_flag("--version", version);
  app.add_option("--config", out.config, "TOML file with these options");
  for (Setting& setting : settings) {
    const std::string flag = "--" + setting.name;
    setting.option = setting.text != nullptr ? app.add_option(flag, *setting.text, setting.help)
                                             : app.add_option(flag, *setting.number, setting.help);
    setting.option->capture_default_str();
  }
  try {
    std::reverse(arguments.begin(), arguments.end());  // as the parser wants them
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    out.print = app.help();
    return out;
  } catch (const CLI::CallForVersion&) {
    out.print = version + "\n";
    return out;
  } catch (const CLI::ParseError& error) {
    return usage(std::string(error.what()) + "; kontord --help lists the options");
  }
  for (const Setting& setting : settings) {
    const Status checked = check(setting, "--" + setting.name);
    if (!checked) return checked.error();
  }
  if (!out.config.empty()) {
    const Status applied = apply_file(out.config, settings);
    if (!applied) return applied.error();
  }
  if (out.data.empty()) return usage("no data folder; say --data DIR, or data in the config file");
  return out;
}

}  // namespace kontor
