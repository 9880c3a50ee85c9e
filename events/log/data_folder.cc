#include "events/log/data_folder.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace kontor {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = "KONTOR";
constexpr std::string_view kNewMark = "KONTOR.new";  // creation has begun and not finished
constexpr std::string_view kLock = "LOCK";
constexpr std::string_view kFirstLine = "kontor data folder\n";
constexpr std::string_view kFormatWord = "format ";
constexpr std::size_t kMarkBytesMax = 4096;

enum class State { kMissing, kEmpty, kBegun, kOurs };

Error system_error(const std::string& what, int number) {
  return {ErrorKind::kIo, what + ": " + std::generic_category().message(number)};
}

class File {
 public:
  File(const fs::path& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }
  bool ok() const { return descriptor_ >= 0; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

Status sync_directory(const fs::path& path) {
  const File directory(path, O_RDONLY | O_DIRECTORY);
  if (!directory.ok() || ::fsync(directory.get()) != 0) {
    return system_error("cannot sync the folder " + path.string(), errno);
  }
  return {};
}

// The folder of one shard's server is what it has always been.
std::string mark_text(const FolderPart& part) {
  const std::string head = std::string(kFirstLine) + std::string(kFormatWord);
  if (part.shards == 1) return head + "1\n";
  const std::string shards = std::to_string(part.shards);
  if (!part.shard) return head + "2\nshards " + shards + "\n";
  return head + "2\nshard " + std::to_string(*part.shard) + " of " + shards + "\n";
}

Status write_mark(const fs::path& path, const FolderPart& part) {
  const std::string text = mark_text(part);
  const File file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file.ok() || ::write(file.get(), text.data(), text.size()) != std::ssize(text) ||
      ::fsync(file.get()) != 0) {
    return system_error("cannot write " + path.string(), errno);
  }
  return sync_directory(path.parent_path());
}

Result<std::string> read_mark(const fs::path& path) {
  const File file(path, O_RDONLY);
  if (!file.ok()) return system_error("cannot open " + path.string(), errno);
  std::string text(kMarkBytesMax, '\0');
  const ssize_t bytes = ::read(file.get(), text.data(), text.size());
  if (bytes < 0) return system_error("cannot read " + path.string(), errno);
  text.resize(static_cast<std::size_t>(bytes));
  return text;
}

struct Mark {
  std::uint32_t format = 0;
  FolderPart part;
};

// Takes `word` and the number behind it off the text.
std::optional<std::uint32_t> take_number(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return std::nullopt;
  text.remove_prefix(word.size());
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

// "shards 4" or "shard 1 of 4", and the end of the line.
std::optional<FolderPart> parse_part(std::string_view text) {
  FolderPart part;
  std::optional<std::uint32_t> shards = take_number(text, "shards ");
  if (!shards) {
    part.shard = take_number(text, "shard ");
    if (!part.shard) return std::nullopt;
    shards = take_number(text, " of ");
  }
  if (!shards || !text.starts_with('\n')) return std::nullopt;
  part.shards = *shards;
  const bool sound = part.shards >= 2 && (!part.shard || *part.shard < part.shards);
  return sound ? std::optional(part) : std::nullopt;
}

// What a mark file's text says; nothing when it is none. A later version may say more in further
// lines.
std::optional<Mark> parse_mark(std::string_view text) {
  if (!text.starts_with(kFirstLine)) return std::nullopt;
  text.remove_prefix(kFirstLine.size());
  const std::optional<std::uint32_t> format = take_number(text, kFormatWord);
  if (!format || *format == 0 || !text.starts_with('\n')) return std::nullopt;
  text.remove_prefix(1);
  Mark mark{*format, {}};
  if (mark.format != kDataFolderFormat) return mark;
  const std::optional<FolderPart> part = parse_part(text);
  if (!part) return std::nullopt;
  mark.part = *part;
  return mark;
}

Result<FolderPart> check_mark(const fs::path& path) {
  const Result<std::string> text = read_mark(path);
  if (!text.ok()) return text.error();
  const std::optional<Mark> mark = parse_mark(text.value());
  if (!mark) {
    return Error{ErrorKind::kCorrupt, path.string() +
                                          " is damaged: it should name the format of the data "
                                          "folder. Restore the folder from a backup."};
  }
  if (mark->format > kDataFolderFormat) {
    return Error{ErrorKind::kNewer, "the data folder " + path.parent_path().string() +
                                        " has format " + std::to_string(mark->format) +
                                        "; this version reads up to " +
                                        std::to_string(kDataFolderFormat) +
                                        ". Use the version that wrote it or a later one."};
  }
  return mark->part;
}

std::string shards_text(std::uint32_t shards) {
  return shards == 1 ? "1 shard" : std::to_string(shards) + " shards";
}

Status check_part(const fs::path& path, FolderMode mode, const FolderPart& wanted) {
  const Result<FolderPart> found = check_mark(path / kMark);
  if (!found.ok()) return found.error();
  if (*found == wanted) return {};
  if (wanted.shard) {
    return Error{ErrorKind::kCorrupt,
                 path.string() + " is not shard " + std::to_string(*wanted.shard) + " of " +
                     std::to_string(wanted.shards) + ", by its file " + std::string(kMark) +
                     "; restore a backup of the whole data folder"};
  }
  if (found->shard) {
    if (mode == FolderMode::kReadOnly && wanted.shards == 1) return {};
    return Error{ErrorKind::kUsage, path.string() + " is shard " + std::to_string(*found->shard) +
                                        " of a server's " + std::to_string(found->shards) +
                                        "; give the data folder that it lies in"};
  }
  return Error{ErrorKind::kUsage,
               "the data folder " + path.string() + " was made with " + shards_text(found->shards) +
                   " and cannot have " + shards_text(wanted.shards) +
                   ", since a book stays in its shard; start with --shards " +
                   std::to_string(found->shards) + " or without it, or give a new folder"};
}

bool may_be_in_new_folder(std::string_view name) {
  return name == kLock || name == "lost+found";
}

// What is there, without touching it.
Result<State> look_at(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return State::kMissing;
  if (error) {
    return Error{ErrorKind::kIo, "cannot look at " + path.string() + ": " + error.message()};
  }
  if (status.type() != fs::file_type::directory) {
    return Error{ErrorKind::kUsage, path.string() + " is not a folder; give one for the data"};
  }
  if (fs::exists(path / kMark, error)) {
    if (const auto mark = check_mark(path / kMark); !mark.ok()) return mark.error();
    return State::kOurs;
  }
  if (fs::exists(path / kNewMark, error)) return State::kBegun;
  fs::directory_iterator entries(path, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    if (may_be_in_new_folder(name)) continue;
    if (fs::exists(path / "log" / "CURRENT", error)) {
      return Error{ErrorKind::kCorrupt, "the folder " + path.string() +
                                            " holds a log but no file " + std::string(kMark) +
                                            ", so it is damaged, or only a part of a data folder; "
                                            "restore a backup of all of it"};
    }
    return Error{ErrorKind::kUsage, "the folder " + path.string() + " holds '" + name +
                                        "' and is not a data folder of Kontor (it has no file " +
                                        std::string(kMark) + "); give an empty or a new folder"};
  }
  if (error) return Error{ErrorKind::kIo, "cannot list " + path.string() + ": " + error.message()};
  return State::kEmpty;
}

Error nothing_there(const fs::path& path) {
  return {ErrorKind::kNotFound,
          path.string() + " holds no data of Kontor; is it the right folder?"};
}

std::string lock_owner(int descriptor) {
  std::array<char, 32> text{};
  const ssize_t bytes = ::pread(descriptor, text.data(), text.size() - 1, 0);
  if (bytes <= 0) return {};
  std::string owner(text.data(), static_cast<std::size_t>(bytes));
  if (!owner.empty() && owner.back() == '\n') owner.pop_back();
  return " (" + owner + ")";
}

}  // namespace

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)),
      part_(other.part_),
      lock_(std::exchange(other.lock_, -1)),
      new_(other.new_) {
}

DataFolder& DataFolder::operator=(DataFolder&& other) noexcept {
  path_.swap(other.path_);
  std::swap(part_, other.part_);
  std::swap(lock_, other.lock_);
  std::swap(new_, other.new_);
  return *this;
}

DataFolder::~DataFolder() {
  if (lock_ >= 0) ::close(lock_);  // which unlocks it
}

Status DataFolder::take_lock() {
  File file(path_ / kLock, O_RDWR | O_CREAT);
  if (!file.ok()) return system_error("cannot open " + (path_ / kLock).string(), errno);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error("cannot lock " + path_.string(), errno);
    return Error{ErrorKind::kUnavailable,
                 "the data folder " + path_.string() + " is in use by another process" +
                     lock_owner(file.get()) + "; stop it first, or give another folder"};
  }
  // Only for the message above: failing to write it harms nobody.
  const std::string owner = "process " + std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.get(), 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(file.get(), owner.data(), owner.size(), 0);
  }
  lock_ = file.release();
  return {};
}

Result<std::optional<FolderPart>> DataFolder::look(const fs::path& path) {
  const Result<State> state = look_at(path);
  if (!state.ok()) return state.error();
  if (state.value() != State::kOurs) return std::optional<FolderPart>();
  const Result<FolderPart> part = check_mark(path / kMark);
  if (!part.ok()) return part.error();
  return std::optional(*part);
}

Result<DataFolder> DataFolder::open(const fs::path& path, FolderMode mode, const FolderPart& part) {
  Result<State> state = look_at(path);
  if (!state.ok()) return state.error();
  DataFolder folder;
  folder.path_ = path;
  folder.part_ = part;
  if (state.value() == State::kOurs) {
    if (Status same = check_part(path, mode, part); !same.ok()) return same.error();
  }
  if (mode != FolderMode::kCreate && state.value() != State::kOurs) return nothing_there(path);
  if (mode == FolderMode::kReadOnly) return folder;

  if (state.value() == State::kMissing) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) {
      return Error{ErrorKind::kIo,
                   "cannot make the folder " + path.string() + ": " + error.message()};
    }
    const fs::path parent = fs::absolute(path, error).lexically_normal().parent_path();
    if (Status status = sync_directory(parent); !status.ok()) return status.error();
  }
  if (Status status = folder.take_lock(); !status.ok()) return status.error();
  state = look_at(path);  // again: another process may have made it before we had the lock
  if (!state.ok()) return state.error();
  if (state.value() == State::kOurs) {
    if (Status same = check_part(path, mode, part); !same.ok()) return same.error();
  }
  folder.new_ = state.value() != State::kOurs;
  if (state.value() == State::kEmpty) {
    if (Status status = write_mark(path / kNewMark, part); !status.ok()) return status.error();
  }
  return folder;
}

Status DataFolder::finish_creation() {
  if (!new_) return {};
  // Written anew: the first attempt may have been cut off before its text was on disk.
  if (Status status = write_mark(path_ / kNewMark, part_); !status.ok()) return status;
  std::error_code error;
  fs::rename(path_ / kNewMark, path_ / kMark, error);
  if (error) {
    return Error{ErrorKind::kIo,
                 "cannot name " + (path_ / kMark).string() + ": " + error.message()};
  }
  new_ = false;
  return sync_directory(path_);
}

Error corrupt_log(const std::filesystem::path& where, const std::string& what) {
  return {ErrorKind::kCorrupt, "the log in " + where.string() + " " + what +
                                   "; change nothing in the folder, and restore a backup"};
}

}  // namespace kontor
