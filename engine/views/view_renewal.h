// ViewRenewal: a view made again from the log beside the one that is followed, compared with it,
// and put in its place. In small steps on the host's thread, so that the one in use goes on
// meanwhile.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "engine/views/compare.h"
#include "engine/views/view_builder.h"

namespace kontor {

class ViewRenewal {
 public:
  enum class Step : std::uint8_t {
    kBuilding,
    kComparing,
    kDone,  // it is where the one in use is, and may take its place
  };

  // Makes an empty store at `path`; what was there is removed. The log outlives it.
  static Result<std::unique_ptr<ViewRenewal>> begin(const EventLog& log, const std::string& view,
                                                    const std::filesystem::path& path,
                                                    ViewBuilder::Options batch);

  // A batch, or some thousands of rows. `used`: the builder of the one in use. The first time both
  // stand at the same commit, everything up to there is compared; what comes behind is not, the
  // same code folds it into both. Errors: the log's or a store's; this is of no use then.
  Result<Step> advance(const ViewBuilder& used);

  const ViewCheckpoint& checkpoint() const { return builder_->checkpoint(); }
  CommitNumber compared_to() const { return compared_to_; }  // 0: not yet
  // Of what was compared: rows, and the first difference, if any.
  const ViewComparison& compared() const { return compared_; }

 private:
  explicit ViewRenewal(std::unique_ptr<ViewBuilder> builder) : builder_(std::move(builder)) {}
  Status compare_on();

  // What is compared: both at one moment.
  struct Sides {
    std::shared_ptr<const ViewSnapshot> used;
    std::shared_ptr<const ViewSnapshot> made;
    std::unique_ptr<ViewComparer> comparer;
  };
  std::unique_ptr<ViewBuilder> builder_;
  std::optional<Sides> sides_;
  CommitNumber compared_to_;
  ViewComparison compared_;
};

}  // namespace kontor
