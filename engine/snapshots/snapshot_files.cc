#include "engine/snapshots/snapshot_files.h"

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kontor {
namespace {

namespace fs = std::filesystem;

Error system_error(const std::string& what, const fs::path& path, int number) {
  const ErrorKind kind = number == ENOENT ? ErrorKind::kNotFound : ErrorKind::kIo;
  return {kind,
          "cannot " + what + " " + path.string() + ": " + std::generic_category().message(number)};
}

class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags)
      : value_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const { return value_; }
  bool ok() const { return value_ >= 0; }

 private:
  int value_;
};

class OutFile final : public SnapshotOut {
 public:
  OutFile(Descriptor file, fs::path path) : file_(std::move(file)), path_(std::move(path)) {}

  Status append(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return system_error("write", path_, errno);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
  }
  Status sync() override {
    if (::fsync(file_.get()) != 0) return system_error("sync", path_, errno);
    return {};
  }

 private:
  Descriptor file_;
  fs::path path_;
};

class InFile final : public SnapshotIn {
 public:
  InFile(Descriptor file, fs::path path, std::uint64_t bytes)
      : file_(std::move(file)), path_(std::move(path)), bytes_(bytes) {}

  std::uint64_t bytes() const override { return bytes_; }
  Status read(std::uint64_t offset, std::span<std::byte> to) const override {
    while (!to.empty()) {
      const ssize_t got = ::pread(file_.get(), to.data(), to.size(), static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return system_error("read", path_, errno);
      if (got == 0) {
        return Error{ErrorKind::kIo, path_.string() + " ends at byte " + std::to_string(offset) +
                                         " while it is read"};
      }
      to = to.subspan(static_cast<std::size_t>(got));
      offset += static_cast<std::uint64_t>(got);
    }
    return {};
  }

 private:
  Descriptor file_;
  fs::path path_;
  std::uint64_t bytes_;
};

class Folder final : public SnapshotFiles {
 public:
  explicit Folder(fs::path folder) : folder_(std::move(folder)) {}

  std::string place(const std::string& name) const override { return (folder_ / name).string(); }

  Result<std::vector<SnapshotEntry>> list() const override {
    std::vector<SnapshotEntry> out;
    std::error_code error;
    fs::directory_iterator entries(folder_, error);
    if (error == std::errc::no_such_file_or_directory) return out;
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
      struct stat found {};
      // One that is gone by now was removed by the server beside us.
      if (::stat(entries->path().c_str(), &found) != 0 || !S_ISREG(found.st_mode)) continue;
      out.push_back({entries->path().filename().string(), static_cast<std::uint64_t>(found.st_size),
                     found.st_mtim.tv_sec});
    }
    if (error) {
      return Error{ErrorKind::kIo, "cannot list " + folder_.string() + ": " + error.message()};
    }
    return out;
  }

  Result<std::unique_ptr<SnapshotIn>> open(const std::string& name) const override {
    const fs::path path = folder_ / name;
    Descriptor file(path, O_RDONLY);
    if (!file.ok()) return system_error("open", path, errno);
    struct stat found {};
    if (::fstat(file.get(), &found) != 0) return system_error("look at", path, errno);
    const auto bytes = static_cast<std::uint64_t>(found.st_size);
    return std::unique_ptr<SnapshotIn>(std::make_unique<InFile>(std::move(file), path, bytes));
  }

  Result<std::unique_ptr<SnapshotOut>> create(const std::string& name) override {
    std::error_code error;
    if (fs::create_directories(folder_, error)) {
      if (Status synced = sync_folder(folder_.parent_path()); !synced) return synced.error();
    }
    if (error) {
      return Error{ErrorKind::kIo,
                   "cannot make the folder " + folder_.string() + ": " + error.message()};
    }
    const fs::path path = folder_ / name;
    Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file.ok()) return system_error("make", path, errno);
    return std::unique_ptr<SnapshotOut>(std::make_unique<OutFile>(std::move(file), path));
  }

  Status rename(const std::string& from, const std::string& to) override {
    if (::rename((folder_ / from).c_str(), (folder_ / to).c_str()) == 0) return {};
    return system_error("rename", folder_ / from, errno);
  }
  Status remove(const std::string& name) override {
    if (::unlink((folder_ / name).c_str()) == 0 || errno == ENOENT) return {};
    return system_error("remove", folder_ / name, errno);
  }
  Status sync() override { return sync_folder(folder_); }

 private:
  static Status sync_folder(const fs::path& path) {
    const Descriptor folder(path.empty() ? fs::path(".") : path, O_RDONLY | O_DIRECTORY);
    if (!folder.ok() || ::fsync(folder.get()) != 0) return system_error("sync", path, errno);
    return {};
  }

  fs::path folder_;
};

}  // namespace

std::unique_ptr<SnapshotFiles> open_snapshot_folder(std::filesystem::path folder) {
  return std::make_unique<Folder>(std::move(folder));
}

}  // namespace kontor
