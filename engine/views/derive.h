// Deriving a view again from the log beside the one that is kept: to compare the two, and to put
// the new one in its place. Offline: nobody else writes to the view's folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "engine/views/compare.h"
#include "engine/views/view_builder.h"

namespace kontor {

struct ViewCheck {
  enum class Found : std::uint8_t {
    kNone,       // there is no store, or an empty one
    kEqual,      // what is kept is what the log says, up to where it has followed
    kDifferent,  // says where
    kOfNoUse,    // cannot be read, or of another log or format: says why
  };
  Found found = Found::kNone;
  std::string what;
  CommitNumber kept_to;    // commits that the kept one has folded
  std::uint64_t rows = 0;  // compared
};

// Puts the store at `fresh` in the place of the one at `kept`, which goes, if there is one. Neither
// is open. A process that dies meanwhile leaves one of them there, or none where the file system
// cannot exchange two names.
Status put_view_in_place(const std::filesystem::path& fresh, const std::filesystem::path& kept);

class ViewDerivation {
 public:
  struct Places {
    std::filesystem::path kept;
    std::filesystem::path fresh;  // made; what was there is removed
  };
  // Commits folded of all; then, while comparing, rows of which no count is known: 0.
  using Progress = std::function<void(std::uint64_t done, std::uint64_t of)>;

  // The log outlives it.
  ViewDerivation(const EventLog& log, std::string view, Places places, Progress progress);

  // Derives up to where the kept one has followed, and compares. Once, first. Errors are the log's
  // or the fresh store's.
  Result<ViewCheck> check();
  // Derives the rest, and puts the fresh store in the kept one's place. After check().
  Status replace();
  // Removes the fresh store instead.
  Status drop();

  const ViewCheckpoint& derived() const { return derived_; }

 private:
  Status open_fresh();
  Status build(CommitNumber to);
  // What is kept, as far as it is of use; the check says why it is not.
  std::shared_ptr<ViewStore> open_kept(ViewCheck& check) const;

  const EventLog& log_;
  std::string view_;
  Places places_;
  Progress progress_;
  std::unique_ptr<ViewBuilder> builder_;
  ViewCheckpoint derived_;
};

}  // namespace kontor
