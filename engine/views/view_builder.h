// ViewBuilder: brings one store up to the log, batch by batch. A batch is whole commits; what it
// folded becomes durable with the checkpoint behind it, so that a process that dies goes on from
// there. Those that stand at the same commit go on together: reading the log is most of the work.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/views/view_store.h"
#include "events/log/event_log.h"
#include "projections/views/view.h"

namespace kontor {

class ViewBuilder {
 public:
  struct Options {
    std::uint64_t batch_events = 1U << 18;
    std::size_t batch_bytes = 64U << 20;  // of what the fold keeps
  };
  // The log outlives it. One thread's.
  ViewBuilder(const EventLog& log, std::unique_ptr<View> view, std::shared_ptr<ViewStore> store,
              Options options);

  // Finds where the store ends; called once, first. kUsage, kCorrupt: it is to be rebuilt, and why.
  Status open();
  // Folds one batch, of commits up to `to`, and ingests it; nothing to fold: no ingest. After an
  // error the builder is of no use; the store is as before.
  Status advance(CommitNumber to);
  // The same of several, of one log and at one commit; a status each. They end at one commit.
  static std::vector<Status> advance(std::span<ViewBuilder* const> together, CommitNumber to);

  const ViewCheckpoint& checkpoint() const { return checkpoint_; }  // commit 0: nothing yet
  const View& view() const { return *view_; }
  const std::shared_ptr<ViewStore>& store() const { return store_; }

 private:
  void begin_batch();
  static Status read_batch(std::span<ViewBuilder* const> together, CommitNumber to);
  void take(const PageView& page);
  Status fold_page(const PageView& page);
  bool is_full() const;
  Status end_batch();

  const EventLog& log_;
  std::unique_ptr<View> view_;
  std::shared_ptr<ViewStore> store_;
  Options options_;
  ViewCheckpoint checkpoint_;
  // Of the batch at hand.
  std::shared_ptr<const ViewSnapshot> earlier_;
  Status folded_;
  ViewCheckpoint next_;
  BookPositions positions_;
  std::uint64_t batch_events_ = 0;
};

}  // namespace kontor
