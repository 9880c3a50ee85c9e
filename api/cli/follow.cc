#include "api/cli/follow.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <iomanip>
#include <optional>
#include <ostream>
#include <thread>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "api/cli/environment.h"
#include "api/cli/people.h"
#include "api/cli/words.h"
#include "api/client/subscription.h"
#include "events/codec/catalog.h"

namespace kontor::cli {
namespace {

constexpr int kSequenceColumns = 8;
constexpr int kEndWithinMs = 2'000;

// SIGINT and SIGTERM, kept from this thread and those it starts, to be read instead.
class HeldSignals {
 public:
  HeldSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, &before_);
    fd_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  }
  ~HeldSignals() {
    signalfd_siginfo taken;  // one that was taken for a stop does not come once more
    while (read(fd_, &taken, sizeof taken) > 0) {
    }
    close(fd_);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  int fd() const { return fd_; }

 private:
  sigset_t before_{};
  int fd_ = -1;
};

// Stops the stream at a signal, or when nobody reads standard output any more.
class Watcher {
 public:
  Watcher(const HeldSignals& signals, EventStream& stream)
      : end_fd_(eventfd(0, EFD_CLOEXEC)),
        thread_([this, &signals, &stream] { watch(signals.fd(), stream); }) {}
  ~Watcher() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(end_fd_, &one, sizeof one);
    thread_.join();
    close(end_fd_);
  }
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

 private:
  void watch(int signal_fd, EventStream& stream) const {
    // Of standard output only its end is of interest, which poll always tells.
    std::array<pollfd, 3> sources = {pollfd{end_fd_, POLLIN, 0}, pollfd{signal_fd, POLLIN, 0},
                                     pollfd{STDOUT_FILENO, 0, 0}};
    while (poll(sources.data(), sources.size(), -1) < 0 && errno == EINTR) {
    }
    if (sources[0].revents != 0) return;
    stream.stop();
    // Whoever does not read on while it is printed to would keep it from ending.
    if (poll(sources.data(), 1, kEndWithinMs) == 0) std::_Exit(kExitDone);
  }

  int end_fd_;
  std::thread thread_;
};

Result<std::vector<std::uint16_t>> read_kinds(const std::vector<std::string>& names) {
  std::vector<std::uint16_t> kinds;
  for (const std::string& name : names) {
    const std::uint16_t kind = event_number(name);
    if (kind == 0) {
      std::vector<std::string_view> known;
      for (std::uint32_t number = 1; number <= UINT16_MAX; ++number) {
        const std::string_view word = event_name(static_cast<std::uint16_t>(number));
        if (!word.empty()) known.push_back(word);
      }
      const std::string_view near = nearest_word(name, known);
      return Error{ErrorKind::kUsage,
                   "--kind '" + name + "': there is no such event" +
                       (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?")};
    }
    kinds.push_back(kind);
  }
  return kinds;
}

void print_event(const Environment& env, const SubscribedEvent& event) {
  if (env.json) {
    env.out << event_json(event) << '\n';
    return;
  }
  env.out << std::setw(kSequenceColumns) << event.sequence.value() << "  "
          << format_date(event.business_date) << "  " << event.event << "  "
          << line_for_people(event.body) << "  (" << event.command << ' ' << event.command_id
          << ")\n";
}

// Whether the stream has shown all that was wanted of it.
class Printing {
 public:
  Printing(const Environment& env, const FollowOptions& options) : env_(env), options_(options) {}

  bool print(const EventsPart& part) {
    for (const SubscribedEvent& event : part.events) {
      if (options_.to != 0 && event.sequence.value() > options_.to) return false;
      print_event(env_, event);
      position_ = event.sequence;
      if (options_.limit != 0 && ++printed_ >= options_.limit) return false;
    }
    position_ = part.position;
    env_.out.flush();
    if (options_.to != 0 && position_.value() >= options_.to) return false;
    return env_.out.good() && (options_.follow || !part.caught_up);
  }
  Sequence position() const { return position_; }

 private:
  const Environment& env_;
  const FollowOptions& options_;
  Sequence position_;
  std::uint64_t printed_ = 0;
};

int exit_of(const Environment& env, const SubscriptionEnd& end) {
  if (end.status == StatusCode::kDone) return kExitDone;
  const std::string go_on = "; go on with --from " + std::to_string(end.position.value() + 1);
  const bool may_go_on = class_of(end.status) == StatusClass::kNotStarted ||
                         class_of(end.status) == StatusClass::kUnknown;
  env.err << "kontor: " << end.message << (may_go_on ? go_on : "") << '\n';
  return exit_status(end.status);
}

void print_position(const Environment& env, const std::string& book, Sequence position) {
  if (env.json) {
    env.out << "{\"position\":" << position.value() << "}\n";
  } else {
    env.out << "book " << book << ", position " << with_thousands(position.value()) << '\n';
  }
}

}  // namespace

int run_follow(const Environment& env, const FollowOptions& options) {
  Result<std::vector<std::uint16_t>> kinds = read_kinds(options.kinds);
  if (!kinds) return fail(env, kinds.error());
  Result<ServerBook> book = ServerBook{};
  {
    Result<std::unique_ptr<Client>> client = connect(env);
    if (!client) return fail(env, client.error());
    book = target_book(env, **client);
  }
  if (!book) return fail(env, book.error());
  const HeldSignals signals;
  ClientOptions to;
  if (const Status read = parse_server(env.server, to); !read) return fail(env, read.error());
  SubscriptionWanted wanted;
  wanted.book = book->number;
  wanted.from = Sequence{options.from};
  wanted.stream = options.stream;
  wanted.company = options.company;
  wanted.kinds = std::move(*kinds);
  Result<std::unique_ptr<EventStream>> stream = EventStream::open(std::move(to), std::move(wanted));
  if (!stream) return fail(env, stream.error());
  const Watcher watcher(signals, **stream);
  Printing printing(env, options);
  while (const std::optional<EventsPart> part = (*stream)->next()) {
    if (printing.print(*part)) continue;
    print_position(env, book->name, printing.position());
    return kExitDone;
  }
  return exit_of(env, (*stream)->end());
}

}  // namespace kontor::cli
