#include "events/log/memory_event_log.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "events/log/commit.h"

namespace kontor {

// What is on the disk. Commits are never changed in place: readers hold theirs while others append.
class MemoryDisk {
 public:
  using Commit = std::shared_ptr<const AlignedBuffer>;

  void write(std::span<const std::byte> bytes) {
    const std::lock_guard lock(mutex_);
    commits_.push_back(std::make_shared<const AlignedBuffer>(bytes));
  }
  void write_part(std::span<const std::byte> bytes) {
    const std::lock_guard lock(mutex_);
    torn_ = std::make_shared<const AlignedBuffer>(bytes.first(bytes.size() / 2));
  }
  void recover() {
    const std::lock_guard lock(mutex_);
    if (torn_ != nullptr) ++torn_dropped_;
    torn_ = nullptr;
  }
  Commit at(CommitNumber number) const {  // null: lost
    const std::lock_guard lock(mutex_);
    return commits_.at(number.value() - 1);
  }
  void put(CommitNumber number, Commit commit) {
    const std::lock_guard lock(mutex_);
    commits_.at(number.value() - 1) = std::move(commit);
  }
  CommitNumber last() const {
    const std::lock_guard lock(mutex_);
    return CommitNumber{commits_.size()};
  }
  std::uint64_t torn_dropped() const {
    const std::lock_guard lock(mutex_);
    return torn_dropped_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Commit> commits_;
  Commit torn_;
  std::uint64_t torn_dropped_ = 0;
};

MemoryEventLog::MemoryEventLog() : MemoryEventLog(std::make_shared<MemoryDisk>()) {
}

MemoryEventLog::MemoryEventLog(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {
  disk_->recover();
  tail_.last = disk_->last();
  if (tail_.last.value() == 0) return;
  const MemoryDisk::Commit last = disk_->at(tail_.last);
  if (last == nullptr) return;
  PageHeader header;
  std::memcpy(&header, last->data(), sizeof header);
  tail_.epoch = Epoch{header.epoch};
}

MemoryEventLog::~MemoryEventLog() = default;

LogTail MemoryEventLog::tail() const {
  const std::lock_guard lock(mutex_);
  return tail_;
}

Status MemoryEventLog::append(Epoch epoch, CommitNumber after, std::span<const std::byte> commit) {
  std::function<void(CommitNumber)> hook;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return Error{ErrorKind::kUsage, "append: the log is closed"};
    if (failed_) return Error{ErrorKind::kIo, "append: refused since an append failed"};
    if (Status status = check_append(tail_, epoch, after, commit); !status.ok()) return status;
    hook = hook_;
  }
  const CommitNumber number{after.value() + 1};
  if (hook) hook(number);

  const std::lock_guard lock(mutex_);
  if (failed_) return Error{ErrorKind::kIo, "append: the log was taken away"};
  if (fault_in_ > 0 && --fault_in_ == 0) {
    failed_ = true;
    if (fault_ == AppendFault::kWrittenButFailed) disk_->write(commit);
    if (fault_ == AppendFault::kTorn) disk_->write_part(commit);
    return Error{ErrorKind::kIo, "append: an injected fault; unknown whether commit " +
                                     std::to_string(number.value()) + " was written"};
  }
  disk_->write(commit);
  tail_ = {number, epoch};
  return {};
}

Status MemoryEventLog::read(CommitNumber from, CommitNumber to, const Visitor& visit) const {
  const std::uint64_t last = std::min(to.value(), tail().last.value());
  for (std::uint64_t i = std::max<std::uint64_t>(from.value(), 1); i <= last; ++i) {
    const CommitNumber number{i};
    const MemoryDisk::Commit commit = disk_->at(number);
    if (commit == nullptr) {
      return Error{ErrorKind::kCorrupt, "the log has no commit " + std::to_string(i) +
                                            " though it goes on to " +
                                            std::to_string(tail().last.value())};
    }
    if (!visit(number, commit->bytes())) return {};
  }
  return {};
}

Status MemoryEventLog::close() {
  const std::lock_guard lock(mutex_);
  if (failed_) return Error{ErrorKind::kIo, "close: an append failed; this is no clean end"};
  closed_ = true;
  return {};
}

std::unique_ptr<MemoryEventLog> MemoryEventLog::crash_and_reopen() {
  const std::lock_guard lock(mutex_);
  failed_ = true;
  return std::unique_ptr<MemoryEventLog>(new MemoryEventLog(disk_));
}

void MemoryEventLog::fail_append(std::uint64_t nth, AppendFault fault) {
  const std::lock_guard lock(mutex_);
  fault_in_ = nth;
  fault_ = fault;
}

void MemoryEventLog::before_append(std::function<void(CommitNumber)> hook) {
  const std::lock_guard lock(mutex_);
  hook_ = std::move(hook);
}

void MemoryEventLog::flip_bit(CommitNumber number, std::size_t bit) {
  const MemoryDisk::Commit commit = disk_->at(number);
  KONTOR_ASSERT(commit != nullptr && bit / 8 < commit->size());
  auto damaged = std::make_shared<AlignedBuffer>(commit->bytes());
  damaged->data()[bit / 8] ^= std::byte{1} << (bit % 8);
  disk_->put(number, std::move(damaged));
}

void MemoryEventLog::lose(CommitNumber number) {
  disk_->put(number, nullptr);
}

std::uint64_t MemoryEventLog::torn_tails_dropped() const {
  return disk_->torn_dropped();
}

}  // namespace kontor
