// MemoryEventLog: the EventLog of tests and simulation. It keeps the contract to the letter,
// forgets nothing it acknowledged, and fails where it is told to.
//
// What survives a crash is apart from the object (MemoryDisk): crash_and_reopen() gives the log a
// new process would find. Threads as EventLog says; the fault functions may be called from any
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "events/log/event_log.h"
#include "events/log/page.h"

namespace kontor {

enum class AppendFault {
  kNothingWritten,    // reported failed, and it is not there after a crash
  kWrittenButFailed,  // reported failed, and there after a crash
  kTorn,              // reported failed; part of it reached the disk, and recovery drops it
};

class MemoryDisk;

class MemoryEventLog : public EventLog {
 public:
  MemoryEventLog();  // empty, on a disk of its own
  ~MemoryEventLog() override;

  LogTail tail() const override;
  Status append(Epoch epoch, CommitNumber after, std::span<const std::byte> commit) override;
  Status read(CommitNumber from, CommitNumber to, const Visitor& visit) const override;
  Status close() override;

  // The log as found by the next process. This object refuses appends from now on, whoever holds
  // it.
  std::unique_ptr<MemoryEventLog> crash_and_reopen();

  // The nth append from now (1: the next) fails. One fault at a time; setting one replaces it.
  void fail_append(std::uint64_t nth, AppendFault fault);

  // Called by every append after its checks and before anything is written, on its thread, with the
  // number it will have. It may block: that is a slow disk.
  void before_append(std::function<void(CommitNumber)> hook);

  // Damage to what is stored, seen by later reads. The commit exists.
  void flip_bit(CommitNumber number, std::size_t bit);
  void lose(CommitNumber number);
  std::uint64_t torn_tails_dropped() const;  // by reopening, on this disk

 private:
  explicit MemoryEventLog(std::shared_ptr<MemoryDisk> disk);

  std::shared_ptr<MemoryDisk> disk_;
  mutable std::mutex mutex_;
  LogTail tail_;
  bool closed_ = false;
  bool failed_ = false;
  std::uint64_t fault_in_ = 0;  // appends until the fault; 0: none set
  AppendFault fault_ = AppendFault::kNothingWritten;
  std::function<void(CommitNumber)> hook_;
};

}  // namespace kontor
