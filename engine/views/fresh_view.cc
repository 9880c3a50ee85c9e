#include "engine/views/fresh_view.h"

#include "events/base/mark.h"

namespace kontor {
namespace {

class NoRows final : public RowSource {
 public:
  Result<std::optional<std::string>> get(std::string_view) const override {
    return std::optional<std::string>{};
  }
  Status scan(std::string_view, std::string_view, const Visit&) const override { return {}; }
  Result<std::optional<std::string>> last_key(std::string_view, std::string_view) const override {
    return std::optional<std::string>{};
  }
};

}  // namespace

FreshView::FreshView(std::string_view view, const Views* views, BookNumber book, Sequence end)
    : name_(view),
      views_(views),
      book_(book),
      end_(end),
      view_(make_view(view)),
      base_(std::make_shared<NoRows>()) {
  KONTOR_ASSERT(view_ != nullptr);
}

Status FreshView::open() {
  std::string why = "the server keeps no views";
  if (views_ != nullptr) {
    const auto snapshot = views_->open(name_);
    if (snapshot.ok()) {
      const Result<Sequence> position = (*snapshot)->position(book_);
      if (!position.ok()) return position.error();
      stored_ = *position;
      base_ = *snapshot;
      why = "the view " + name_ + " is at position " + std::to_string(stored_.value()) + " of " +
            std::to_string(end_.value());
    } else {
      why = snapshot.error().message;
    }
  }
  next_ = Sequence{stored_.value() + 1};
  if (stored_ >= end_ || end_.value() - stored_.value() <= kFreshEventsMax) return {};
  return Error{ErrorKind::kUnavailable,
               why + ": this cannot be answered until it has followed; ask again"};
}

Result<bool> FreshView::advance(const LogReader& log, std::uint32_t decisions) {
  if (next_ > end_) {
    KONTOR_MARK("a question that the view has all of");
    if (Status finished = finish(); !finished.ok()) return finished.error();
    return true;
  }
  if (stored_.value() > 0) KONTOR_MARK("a question that folds what its view lacks");
  Status folded;
  const Status scanned = log.scan(book_, next_, [&](const DecisionView& decision) {
    const DecisionHeader& header = decision.header();
    folded = view_->fold(book_, decision, *base_);
    next_ = Sequence{header.first_sequence + header.event_count};
    --decisions;
    return folded.ok() && decisions > 0 && next_ <= end_;
  });
  if (!scanned.ok()) return scanned.error();
  if (!folded.ok()) return folded.error();
  if (next_ <= end_ && decisions > 0) {
    return Error{ErrorKind::kCorrupt, "the log ends at position " +
                                          std::to_string(next_.value() - 1) + ", before " +
                                          std::to_string(end_.value())};
  }
  if (next_ <= end_) return false;
  if (Status finished = finish(); !finished.ok()) return finished.error();
  return true;
}

Status FreshView::finish() {
  return view_->drain([this](std::string_view key, std::string_view value) {
    over_.insert_or_assign(std::string(key), std::string(value));
    return Status{};
  });
}

Result<std::optional<std::string>> FreshView::get(std::string_view key) const {
  const auto found = over_.find(key);
  if (found != over_.end()) return std::optional(found->second);
  return base_->get(key);
}

Status FreshView::scan(std::string_view from, std::string_view to, const Visit& visit) const {
  if (from >= to) return {};
  auto over = over_.lower_bound(from);
  const auto over_end = over_.lower_bound(to);
  bool more = true;
  const Status scanned = base_->scan(from, to, [&](std::string_view key, std::string_view value) {
    for (; more && over != over_end && over->first < key; ++over)
      more = visit(over->first, over->second);
    if (!more) return false;
    const bool replaced = over != over_end && over->first == key;
    more = replaced ? visit(over->first, over->second) : visit(key, value);
    if (replaced) ++over;
    return more;
  });
  if (!scanned.ok()) return scanned;
  for (; more && over != over_end; ++over)
    more = visit(over->first, over->second);
  return {};
}

Result<std::optional<std::string>> FreshView::last_key(std::string_view from,
                                                       std::string_view to) const {
  auto below = base_->last_key(from, to);
  if (!below.ok()) return below;
  const auto after = over_.lower_bound(to);
  if (after == over_.begin()) return below;
  const std::string& key = std::prev(after)->first;
  if (key < from || (*below && **below > key)) return below;
  return std::optional(key);
}

}  // namespace kontor
