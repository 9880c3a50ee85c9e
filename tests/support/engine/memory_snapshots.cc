#include "tests/support/engine/memory_snapshots.h"

#include <algorithm>
#include <utility>

namespace kontor::test {
namespace {

class In final : public SnapshotIn {
 public:
  explicit In(MemorySnapshots::Bytes bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t bytes() const override { return bytes_.size(); }
  Status read(std::uint64_t offset, std::span<std::byte> to) const override {
    if (offset > bytes_.size() || to.size() > bytes_.size() - offset) {
      return Error{ErrorKind::kIo, "the file ends while it is read"};
    }
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), to.size(), to.begin());
    return {};
  }

 private:
  MemorySnapshots::Bytes bytes_;
};

Error not_there(const std::string& name) {
  return {ErrorKind::kNotFound, "cannot open snapshots/" + name + ": not there"};
}

}  // namespace

class MemorySnapshots::Out final : public SnapshotOut {
 public:
  Out(MemorySnapshots& folder, std::shared_ptr<File> file)
      : folder_(folder), file_(std::move(file)) {}

  Status append(std::span<const std::byte> bytes) override {
    const std::lock_guard lock(folder_.mutex_);
    if (Status stepped = folder_.step(); !stepped) return stepped;
    file_->bytes.insert(file_->bytes.end(), bytes.begin(), bytes.end());
    return {};
  }
  Status sync() override {
    const std::lock_guard lock(folder_.mutex_);
    if (Status stepped = folder_.step(); !stepped) return stepped;
    file_->synced = file_->bytes.size();
    return {};
  }

 private:
  MemorySnapshots& folder_;
  std::shared_ptr<File> file_;
};

Status MemorySnapshots::step() {
  ++steps_;
  if (end_at_ == 0 || steps_ < end_at_) return {};
  return Error{ErrorKind::kIo, "the disk is gone"};
}

Result<std::vector<SnapshotEntry>> MemorySnapshots::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<SnapshotEntry> out;
  for (const auto& [name, file] : names_)
    out.push_back({name, file->bytes.size(), 1'772'409'600});
  return out;
}

Result<std::unique_ptr<SnapshotIn>> MemorySnapshots::open(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(name);
  if (found == names_.end()) return not_there(name);
  return std::unique_ptr<SnapshotIn>(std::make_unique<In>(found->second->bytes));
}

Result<std::unique_ptr<SnapshotOut>> MemorySnapshots::create(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (Status stepped = step(); !stepped) return stepped.error();
  auto file = std::make_shared<File>();
  names_[name] = file;
  return std::unique_ptr<SnapshotOut>(std::make_unique<Out>(*this, std::move(file)));
}

Status MemorySnapshots::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  if (Status stepped = step(); !stepped) return stepped;
  const auto found = names_.find(from);
  if (found == names_.end()) return not_there(from);
  names_[to] = found->second;
  names_.erase(from);
  return {};
}

Status MemorySnapshots::remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (Status stepped = step(); !stepped) return stepped;
  names_.erase(name);
  return {};
}

Status MemorySnapshots::sync() {
  const std::lock_guard lock(mutex_);
  if (Status stepped = step(); !stepped) return stepped;
  durable_ = names_;
  return {};
}

void MemorySnapshots::end_at(std::uint64_t nth) {
  const std::lock_guard lock(mutex_);
  end_at_ = nth == 0 ? 0 : steps_ + nth;
}

std::uint64_t MemorySnapshots::steps() const {
  const std::lock_guard lock(mutex_);
  return steps_;
}

std::unique_ptr<MemorySnapshots> MemorySnapshots::crash(std::uint64_t dice) const {
  const std::lock_guard lock(mutex_);
  auto next = std::make_unique<MemorySnapshots>();
  const Names& names = (dice & 1) != 0 ? names_ : durable_;
  for (const auto& [name, file] : names) {
    const std::size_t unsynced = file->bytes.size() - file->synced;
    const std::size_t kept = file->synced + unsynced * ((dice >> 1) % 4) / 3 % (unsynced + 1);
    next->names_[name] = std::make_shared<File>();
    next->names_[name]->bytes.assign(file->bytes.begin(),
                                     file->bytes.begin() + static_cast<std::ptrdiff_t>(kept));
    next->names_[name]->synced = kept;
  }
  next->durable_ = next->names_;
  return next;
}

std::vector<std::string> MemorySnapshots::names() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [name, file] : names_)
    out.push_back(name);
  return out;
}

MemorySnapshots::Bytes MemorySnapshots::bytes(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = names_.find(name);
  return found == names_.end() ? Bytes{} : found->second->bytes;
}

void MemorySnapshots::put(const std::string& name, Bytes bytes) {
  const std::lock_guard lock(mutex_);
  names_[name] = std::make_shared<File>();
  names_[name]->synced = bytes.size();
  names_[name]->bytes = std::move(bytes);
  durable_ = names_;
}

}  // namespace kontor::test
