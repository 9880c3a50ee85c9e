#include "engine/views/view_renewal.h"

#include "events/base/assert.h"

namespace kontor {
namespace {

constexpr std::uint64_t kRowsAtOnce = 20'000;

}  // namespace

Result<std::unique_ptr<ViewRenewal>> ViewRenewal::begin(const EventLog& log,
                                                        const std::string& view,
                                                        const std::filesystem::path& path,
                                                        ViewBuilder::Options batch) {
  if (Status removed = ViewStore::remove(path); !removed.ok()) return removed.error();
  auto store = ViewStore::open(path, {});
  if (!store.ok()) return store.error();
  auto builder = std::make_unique<ViewBuilder>(log, make_view(view), std::move(*store), batch);
  if (Status opened = builder->open(); !opened.ok()) return opened.error();
  return std::unique_ptr<ViewRenewal>(new ViewRenewal(std::move(builder)));
}

Result<ViewRenewal::Step> ViewRenewal::advance(const ViewBuilder& used) {
  const CommitNumber to = used.checkpoint().commit;
  if (sides_) {
    if (Status compared = compare_on(); !compared.ok()) return compared.error();
    return Step::kComparing;
  }
  if (builder_->checkpoint().commit < to) {
    if (Status advanced = builder_->advance(to); !advanced.ok()) return advanced.error();
    return Step::kBuilding;
  }
  if (compared_to_.value() != 0 || to.value() == 0) return Step::kDone;
  KONTOR_ASSERT(builder_->checkpoint().commit == to);  // it never goes beyond
  compared_to_ = to;
  Sides& sides = sides_.emplace();
  sides.used = used.store()->snapshot();
  sides.made = builder_->store()->snapshot();
  sides.comparer = std::make_unique<ViewComparer>(builder_->view(), *sides.used, *sides.made);
  return Step::kComparing;
}

Status ViewRenewal::compare_on() {
  const Result<bool> done = sides_->comparer->advance(kRowsAtOnce);
  if (!done.ok()) return done.error();
  if (!*done) return {};
  compared_ = sides_->comparer->result();
  sides_.reset();
  return {};
}

}  // namespace kontor
