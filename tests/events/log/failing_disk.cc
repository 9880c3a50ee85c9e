#include "tests/events/log/failing_disk.h"

#include <utility>

namespace kontor::test {

class FailingFile : public rocksdb::WritableFileWrapper {
 public:
  FailingFile(std::unique_ptr<rocksdb::WritableFile> file, std::string name, FailingDisk& disk)
      : WritableFileWrapper(file.get()),
        file_(std::move(file)),
        name_(std::move(name)),
        disk_(disk) {}

  rocksdb::Status Append(const rocksdb::Slice& data) override {
    ++disk_.appends_;
    bytes_ += data.size();
    return file_->Append(data);
  }
  rocksdb::Status Append(const rocksdb::Slice& data,
                         const rocksdb::DataVerificationInfo& /*info*/) override {
    return Append(data);
  }
  rocksdb::Status Sync() override {
    if (disk_.fail_syncs_) {
      ++disk_.syncs_failed_;
      return rocksdb::Status::IOError("injected");
    }
    rocksdb::Status status = file_->Sync();
    if (status.ok()) {
      const std::lock_guard lock(disk_.mutex_);
      disk_.synced_bytes_[name_] = bytes_;
    }
    return status;
  }
  rocksdb::Status Fsync() override { return Sync(); }

 private:
  std::unique_ptr<rocksdb::WritableFile> file_;
  std::string name_;
  FailingDisk& disk_;
  std::uint64_t bytes_ = 0;
};

rocksdb::Status FailingDisk::NewWritableFile(const std::string& name,
                                             std::unique_ptr<rocksdb::WritableFile>* out,
                                             const rocksdb::EnvOptions& options) {
  rocksdb::Status status = target()->NewWritableFile(name, out, options);
  if (!status.ok() || !name.ends_with(".log")) return status;
  *out = std::make_unique<FailingFile>(std::move(*out), name, *this);
  return status;
}

void FailingDisk::forget_unsynced(const std::filesystem::path& live,
                                  const std::filesystem::path& copy) const {
  const std::lock_guard lock(mutex_);
  for (const auto& entry : std::filesystem::directory_iterator(copy / "log")) {
    if (entry.path().extension() != ".log") continue;
    const std::string original = (live / "log" / entry.path().filename()).string();
    const auto synced = synced_bytes_.find(original);
    std::filesystem::resize_file(entry.path(), synced == synced_bytes_.end() ? 0 : synced->second);
  }
}

}  // namespace kontor::test
