// The views of a data folder, derived again from its log without a server.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/views/derive.h"
#include "events/base/result.h"
#include "events/log/event_log.h"

namespace kontor::cli {

struct Environment;

struct CheckedView {
  std::string view;
  ViewCheck check;
  ViewCheckpoint derived;  // how far, and how much
  std::uint64_t milliseconds = 0;

  bool sound() const {
    return check.found == ViewCheck::Found::kEqual || check.found == ViewCheck::Found::kNone;
  }
};

// "equal up to commit 12", "none there" ...: what the check found, for people.
std::string found_text(const CheckedView& view);
std::string found_word(const CheckedView& view);  // "equal", "none", "different", "of_no_use"

// Derives every view in a folder of its own below the system's one for temporary files, compares it
// with what is kept, and removes it again. Changes nothing in the data folder.
Result<std::vector<CheckedView>> check_views(const Environment& env, const EventLog& log,
                                             const std::filesystem::path& data);

// kontor replay --view: derives, compares and swaps one view of a folder no server runs on.
int run_replay_view(const Environment& env, const std::string& data, const std::string& view);

}  // namespace kontor::cli
