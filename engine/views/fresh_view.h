// FreshView: the rows of a view up to a given position of one book, exactly: what the store has,
// and over it what the events behind that lead to, folded for one question. So a question's answer
// never depends on how far the view has followed, as long as it is not far behind.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/log_reader.h"
#include "engine/views/views.h"

namespace kontor {

// Events a question folds by itself at most.
inline constexpr std::uint64_t kFreshEventsMax = 500'000;

// One question's, on the reader's thread.
class FreshView final : public RowSource {
 public:
  // views: null: there is no store, all is folded here.
  FreshView(std::string_view view, const Views* views, BookNumber book, Sequence end);

  // Once, first. kUnavailable: too many events behind what the store has.
  Status open();
  // Folds up to so many decisions. True: it is at `end`, and may be asked.
  Result<bool> advance(const LogReader& log, std::uint32_t decisions);

  Sequence stored() const { return stored_; }  // the last event that came from the store

  Result<std::optional<std::string>> get(std::string_view key) const override;
  Status scan(std::string_view from, std::string_view to, const Visit& visit) const override;
  Result<std::optional<std::string>> last_key(std::string_view from,
                                              std::string_view to) const override;

 private:
  Status finish();

  std::string name_;
  const Views* views_;
  BookNumber book_;
  Sequence end_;
  Sequence stored_;
  Sequence next_;
  std::unique_ptr<View> view_;
  std::shared_ptr<const RowSource> base_;  // what the store has
  std::map<std::string, std::string, std::less<>> over_;
};

}  // namespace kontor
