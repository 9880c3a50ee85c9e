#include "api/cli/bench_driver.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include <sys/resource.h>

namespace kontor::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kExamplesMax = 3;
constexpr std::size_t kFrameBytesMax = 2U << 20;
constexpr std::chrono::milliseconds kLook{50};

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// What one connection has to send to one book.
struct BookWork {
  BookNumber book;
  std::unique_ptr<Workload> work;
  CommandToSend over;  // did not fit into the frame before
  bool has_over = false;
};

// One connection: fills frames from its workloads while there is room, and counts answers. Its lock
// is held by the caller's thread at the start and by the client's from then on.
class Lane {
 public:
  // `first`: the book its first frame goes to.
  Lane(Client& client, std::vector<BookWork> books, std::size_t first, const DriveOptions& options)
      : client_(client), books_(std::move(books)), at_(first), options_(options) {
    options_.batch = std::clamp<std::size_t>(options_.batch, 1, options_.in_flight);
  }

  void start() {
    const std::lock_guard lock(mutex_);
    fill();
  }
  void end() {
    const std::lock_guard lock(mutex_);
    for (const BookWork& book : books_)
      book.work->end();
  }
  bool wait_drained(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout, [this] { return drained_; });
  }
  std::uint64_t answered() {
    const std::lock_guard lock(mutex_);
    return result_.answered;
  }
  Status collect(DriveResult& into);

 private:
  void fill();
  bool send_frame();
  void take(std::span<const Answer> answers, Clock::time_point sent);
  void count_failure(const Answer& answer);

  bool fill_frame(SubmitFrame& frame, BookWork& book) const;

  Client& client_;
  std::vector<BookWork> books_;
  std::size_t at_;  // the book whose turn it is
  DriveOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t in_flight_ = 0;
  bool drained_ = false;
  std::optional<Error> failed_;
  DriveResult result_;
};

void Lane::fill() {
  while (!failed_.has_value() && in_flight_ + options_.batch <= options_.in_flight) {
    if (!send_frame()) break;
  }
  if (in_flight_ != 0) return;
  drained_ = true;
  changed_.notify_all();
}

// False: the book has nothing left to send.
bool Lane::fill_frame(SubmitFrame& frame, BookWork& book) const {
  while (frame.count() < options_.batch) {
    if (!book.has_over && !book.work->next(book.over)) break;
    book.has_over = !frame.add(book.over);
    if (book.has_over) break;
  }
  return frame.count() > 0;
}

// False: nothing was left to send.
bool Lane::send_frame() {
  std::optional<SubmitFrame> filled;
  for (std::size_t looked = 0; looked < books_.size() && !filled; ++looked) {
    BookWork& book = books_[at_];
    at_ = at_ + 1 == books_.size() ? 0 : at_ + 1;
    SubmitFrame frame(book.book, options_.batch, kFrameBytesMax);
    if (fill_frame(frame, book)) filled.emplace(std::move(frame));
  }
  if (!filled) return false;
  SubmitFrame& frame = *filled;
  const std::size_t count = frame.count();
  result_.wire_bytes += frame.bytes();
  in_flight_ += count;
  const auto now = Clock::now();
  const Status sent = client_.send(
      std::move(frame), [this, now](std::span<const Answer> answers) { take(answers, now); });
  if (sent) return true;
  failed_ = sent.error();
  in_flight_ -= count;
  return false;
}

void Lane::take(std::span<const Answer> answers, Clock::time_point sent) {
  const auto now = Clock::now();
  const std::lock_guard lock(mutex_);
  result_.latency.add(now - sent);
  for (const Answer& answer : answers) {
    result_.repeated += answer.repeated ? 1 : 0;
    if (answer.status == StatusCode::kDone) {
      ++result_.done;
    } else {
      count_failure(answer);
    }
  }
  result_.answered += answers.size();
  in_flight_ -= answers.size();
  fill();
}

void Lane::count_failure(const Answer& answer) {
  ++result_.by_status[std::string(status_word(answer.status))];
  if (result_.examples.size() >= kExamplesMax) return;
  result_.examples.push_back(answer_json("", answer));
}

Status Lane::collect(DriveResult& into) {
  const std::lock_guard lock(mutex_);
  if (failed_.has_value()) return *failed_;
  into.answered += result_.answered;
  into.done += result_.done;
  into.repeated += result_.repeated;
  into.wire_bytes += result_.wire_bytes;
  into.latency.merge(result_.latency);
  for (const auto& [status, count] : result_.by_status)
    into.by_status[status] += count;
  for (const std::string& example : result_.examples) {
    if (into.examples.size() < kExamplesMax) into.examples.push_back(example);
  }
  return {};
}

}  // namespace

Result<DriveResult> drive(const std::vector<std::unique_ptr<Client>>& clients,
                          const std::vector<BookNumber>& books, const MakeWorkload& make,
                          const DriveOptions& options, const DriveProgress& progress) {
  std::vector<std::unique_ptr<Lane>> lanes;
  for (std::uint32_t i = 0; i < clients.size(); ++i) {
    std::vector<BookWork> work;
    for (std::uint32_t book = 0; book < books.size(); ++book)
      work.push_back({books[book], make(i, book), {}, false});
    // Connections begin far from one another, so that a commit is not of one book.
    const std::size_t first = i * books.size() / clients.size();
    lanes.push_back(std::make_unique<Lane>(*clients[i], std::move(work), first, options));
  }
  DriveResult result;
  const double cpu_before = cpu_seconds();
  const auto begin = Clock::now();
  for (const auto& lane : lanes)
    lane->start();
  const auto until = begin + std::chrono::duration_cast<Clock::duration>(
                                 std::chrono::duration<double>(options.seconds));
  bool ended = options.seconds <= 0;
  for (std::size_t drained = 0; drained < lanes.size();) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    const auto wait = ended ? kLook : std::clamp(left, std::chrono::milliseconds{1}, kLook);
    if (lanes[drained]->wait_drained(wait)) ++drained;
    if (!ended && Clock::now() >= until) {
      for (const auto& lane : lanes)
        lane->end();
      ended = true;
    }
    std::uint64_t answered = 0;
    for (const auto& lane : lanes)
      answered += lane->answered();
    progress(answered);
  }
  result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  result.client_cpu_seconds = cpu_seconds() - cpu_before;
  for (const auto& lane : lanes) {
    if (Status collected = lane->collect(result); !collected) return collected.error();
  }
  return result;
}

}  // namespace kontor::cli
