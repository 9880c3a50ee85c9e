#include "engine/views/derive.h"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fcntl.h>

namespace kontor {
namespace {

namespace fs = std::filesystem;

Error system_error(const std::string& what) {
  return {ErrorKind::kIo, what + ": " + std::generic_category().message(errno)};
}

}  // namespace

// Both stay there, each under the other's name; at no time is one of them missing. Where the file
// system cannot do that, the old one goes first: a start then builds it.
Status put_view_in_place(const fs::path& fresh, const fs::path& kept) {
  std::error_code code;
  if (fs::exists(kept, code)) {
    if (renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, kept.c_str(), RENAME_EXCHANGE) == 0) {
      return ViewStore::remove(fresh);
    }
    if (errno != EINVAL && errno != ENOSYS) {
      return system_error("cannot exchange " + fresh.string() + " and " + kept.string());
    }
    if (Status removed = ViewStore::remove(kept); !removed.ok()) return removed;
  }
  if (std::rename(fresh.c_str(), kept.c_str()) == 0) return {};
  return system_error("cannot move " + fresh.string() + " to " + kept.string());
}

ViewDerivation::ViewDerivation(const EventLog& log, std::string view, Places places,
                               Progress progress)
    : log_(log),
      view_(std::move(view)),
      places_(std::move(places)),
      progress_(std::move(progress)) {
}

Status ViewDerivation::open_fresh() {
  if (Status removed = ViewStore::remove(places_.fresh); !removed.ok()) return removed;
  auto store = ViewStore::open(places_.fresh, {});
  if (!store.ok()) return store.error();
  builder_ = std::make_unique<ViewBuilder>(log_, make_view(view_), std::move(*store),
                                           ViewBuilder::Options{});
  return builder_->open();
}

Status ViewDerivation::build(CommitNumber to) {
  while (builder_->checkpoint().commit < to) {
    if (Status advanced = builder_->advance(to); !advanced.ok()) return advanced;
    derived_ = builder_->checkpoint();
    if (progress_) progress_(derived_.commit.value(), log_.tail().last.value());
  }
  return {};
}

std::shared_ptr<ViewStore> ViewDerivation::open_kept(ViewCheck& check) const {
  ViewStoreOptions options;
  options.read_only = true;
  auto store = ViewStore::open(places_.kept, options);
  if (!store.ok() && store.error().kind == ErrorKind::kNotFound) return nullptr;
  check.found = ViewCheck::Found::kOfNoUse;
  if (!store.ok()) {
    check.what = store.error().message;
    return nullptr;
  }
  const auto checkpoint = (*store)->checkpoint();
  if (!checkpoint.ok()) {
    check.what = checkpoint.error().message;
    return nullptr;
  }
  if (!*checkpoint) {
    check.found = ViewCheck::Found::kNone;
    return nullptr;
  }
  check.kept_to = (*checkpoint)->commit;
  const Status follows = check_follows(**checkpoint, log_, view_, make_view(view_)->format());
  if (follows.ok()) return *store;
  check.what = "it " + follows.error().message;
  return nullptr;
}

Result<ViewCheck> ViewDerivation::check() {
  if (Status opened = open_fresh(); !opened.ok()) return opened.error();
  ViewCheck check;
  const std::shared_ptr<ViewStore> kept = open_kept(check);
  if (kept == nullptr) return check;
  if (Status built = build(check.kept_to); !built.ok()) return built.error();
  const auto compared = compare_views(builder_->view(), *kept->snapshot(),
                                      *builder_->store()->snapshot(), [this](std::uint64_t rows) {
                                        if (progress_) progress_(rows, 0);
                                      });
  if (!compared.ok()) {
    if (!kept->damaged()) return compared.error();
    check.what = compared.error().message;
    return check;
  }
  check.rows = compared->rows;
  check.what = compared->difference;
  check.found = check.what.empty() ? ViewCheck::Found::kEqual : ViewCheck::Found::kDifferent;
  return check;
}

Status ViewDerivation::replace() {
  if (Status built = build(log_.tail().last); !built.ok()) return built;
  if (Status merged = builder_->store()->compact(); !merged.ok()) return merged;
  builder_.reset();
  return put_view_in_place(places_.fresh, places_.kept);
}

Status ViewDerivation::drop() {
  builder_.reset();
  return ViewStore::remove(places_.fresh);
}

}  // namespace kontor
