#include "api/cli/fsync_floor.h"

#include <cerrno>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace kontor::cli {
namespace {

constexpr std::chrono::milliseconds kLong{500};
constexpr std::uint64_t kCountMin = 20;
constexpr std::uint64_t kCountMax = 400;

Error failed(const std::string& file, const char* what) {
  return Error{ErrorKind::kIo, file + ": " + what + ": " + std::generic_category().message(errno)};
}

Status append_synced(int fd, const std::vector<char>& bytes, const std::string& file) {
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = ::write(fd, bytes.data() + written, bytes.size() - written);
    if (count < 0) return failed(file, "write");
    written += static_cast<std::size_t>(count);
  }
  if (::fdatasync(fd) != 0) return failed(file, "fdatasync");
  return {};
}

}  // namespace

Result<LatencyHistogram> measure_fsync(const std::string& folder, std::size_t bytes) {
  const std::string file = folder + "/fsync-floor";
  const int fd = ::open(file.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return failed(file, "open");
  const std::vector<char> block(bytes, 'k');
  LatencyHistogram floor;
  Status status;
  const auto begin = std::chrono::steady_clock::now();
  auto now = begin;
  while (status && floor.count() < kCountMax &&
         (now - begin < kLong || floor.count() < kCountMin)) {
    status = append_synced(fd, block, file);
    const auto after = std::chrono::steady_clock::now();
    floor.add(after - now);
    now = after;
  }
  ::close(fd);
  ::unlink(file.c_str());
  if (!status) return status.error();
  return floor;
}

}  // namespace kontor::cli
