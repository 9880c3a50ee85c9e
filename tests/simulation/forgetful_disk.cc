#include "tests/simulation/forgetful_disk.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

namespace kontor::test {
namespace {

rocksdb::Status powerless() {
  return rocksdb::Status::IOError("the power is cut");
}

}  // namespace

class ForgetfulFile : public rocksdb::WritableFileWrapper {
 public:
  ForgetfulFile(std::unique_ptr<rocksdb::WritableFile> file, std::string name, ForgetfulDisk& disk)
      : WritableFileWrapper(file.get()),
        file_(std::move(file)),
        name_(std::move(name)),
        disk_(disk) {}

  rocksdb::Status Append(const rocksdb::Slice& data) override {
    if (disk_.dead_) return powerless();
    if (is_the_last(data)) {
      disk_.cut_power();
      const rocksdb::Slice half(data.data(), data.size() / 2);
      const rocksdb::Status status = file_->Append(half);
      if (status.ok()) grow(half.size());
      return powerless();
    }
    rocksdb::Status status = file_->Append(data);
    if (status.ok()) grow(data.size());
    return status;
  }
  rocksdb::Status Append(const rocksdb::Slice& data,
                         const rocksdb::DataVerificationInfo& /*info*/) override {
    return Append(data);
  }
  rocksdb::Status Sync() override {
    if (disk_.dead_) return powerless();
    rocksdb::Status status = file_->Sync();
    const std::lock_guard lock(disk_.mutex_);
    ForgetfulDisk::File& file = disk_.files_[name_];
    if (status.ok()) file.synced = file.written;
    return status;
  }
  rocksdb::Status Fsync() override { return Sync(); }
  rocksdb::Status RangeSync(std::uint64_t /*offset*/, std::uint64_t /*bytes*/) override {
    return disk_.dead_ ? powerless() : rocksdb::Status::OK();  // promises nothing
  }
  rocksdb::Status Truncate(std::uint64_t size) override {
    if (disk_.dead_) return powerless();
    rocksdb::Status status = file_->Truncate(size);
    const std::lock_guard lock(disk_.mutex_);
    ForgetfulDisk::File& file = disk_.files_[name_];
    if (status.ok()) file.written = size;
    file.synced = std::min(file.synced, file.written);
    return status;
  }

 private:
  bool is_the_last(const rocksdb::Slice& data) const {
    if (!name_.ends_with(".log") || data.empty() || disk_.appends_left_ == 0) return false;
    return --disk_.appends_left_ == 0;
  }
  void grow(std::size_t bytes) {
    const std::lock_guard lock(disk_.mutex_);
    disk_.files_[name_].written += bytes;
  }

  std::unique_ptr<rocksdb::WritableFile> file_;
  std::string name_;
  ForgetfulDisk& disk_;
};

rocksdb::Status ForgetfulDisk::wrap(const std::string& name, std::uint64_t size,
                                    std::unique_ptr<rocksdb::WritableFile>* file) {
  {
    const std::lock_guard lock(mutex_);
    files_[name] = {size, size};
  }
  *file = std::make_unique<ForgetfulFile>(std::move(*file), name, *this);
  return rocksdb::Status::OK();
}

rocksdb::Status ForgetfulDisk::NewWritableFile(const std::string& name,
                                               std::unique_ptr<rocksdb::WritableFile>* out,
                                               const rocksdb::EnvOptions& options) {
  if (dead_) return powerless();
  const rocksdb::Status status = target()->NewWritableFile(name, out, options);
  return status.ok() ? wrap(name, 0, out) : status;
}

rocksdb::Status ForgetfulDisk::ReopenWritableFile(const std::string& name,
                                                  std::unique_ptr<rocksdb::WritableFile>* out,
                                                  const rocksdb::EnvOptions& options) {
  if (dead_) return powerless();
  std::uint64_t size = 0;
  const rocksdb::Status known = target()->GetFileSize(name, &size);
  const rocksdb::Status status = target()->ReopenWritableFile(name, out, options);
  return status.ok() ? wrap(name, known.ok() ? size : 0, out) : status;
}

rocksdb::Status ForgetfulDisk::ReuseWritableFile(const std::string& name,
                                                 const std::string& old_name,
                                                 std::unique_ptr<rocksdb::WritableFile>* out,
                                                 const rocksdb::EnvOptions& options) {
  if (dead_) return powerless();
  const rocksdb::Status status = target()->ReuseWritableFile(name, old_name, out, options);
  return status.ok() ? wrap(name, 0, out) : status;
}

rocksdb::Status ForgetfulDisk::RenameFile(const std::string& from, const std::string& to) {
  if (dead_) return powerless();
  rocksdb::Status status = target()->RenameFile(from, to);
  if (!status.ok()) return status;
  const std::lock_guard lock(mutex_);
  const auto known = files_.find(from);
  if (known != files_.end()) {
    files_[to] = known->second;
    files_.erase(known);
  }
  return status;
}

rocksdb::Status ForgetfulDisk::LinkFile(const std::string& from, const std::string& to) {
  if (dead_) return powerless();
  rocksdb::Status status = target()->LinkFile(from, to);
  const std::lock_guard lock(mutex_);
  const auto known = files_.find(from);
  if (status.ok() && known != files_.end()) files_[to] = known->second;
  return status;
}

rocksdb::Status ForgetfulDisk::DeleteFile(const std::string& name) {
  if (dead_) return powerless();
  const std::lock_guard lock(mutex_);
  files_.erase(name);
  return target()->DeleteFile(name);
}

void ForgetfulDisk::come_back(Random& random) {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, file] : files_)
    forget(name, file, random);
  files_.clear();
  dead_ = false;
  appends_left_ = 0;
}

void ForgetfulDisk::keep_all() {
  const std::lock_guard lock(mutex_);
  files_.clear();
}

// Back to the last sync, or some way behind it.
void ForgetfulDisk::forget(const std::string& name, const File& file, Random& random) {
  std::error_code error;
  if (file.written == file.synced || !std::filesystem::exists(name, error)) return;
  const std::uint64_t unsynced = file.written - file.synced;
  const std::uint64_t kept = random.one_in(2) ? 0 : random.below(unsynced + 1);
  bytes_forgotten_ += unsynced - kept;
  std::filesystem::resize_file(name, file.synced + kept, error);
}

}  // namespace kontor::test
