// Client: commands and questions to a Kontor server over one TCP connection.
//
// It makes frames of the commands handed to it, keeps several in flight, reconnects, and sends
// again what may be sent again, with the same ids: the server's outcomes make that exactly-once.
// Commands are decided in the order in which they were handed over, also across retries.
//
// The caller makes and keeps the command id before sending. Every command has one total deadline.
// What was sent and not answered is sent again while there is time, and in the last part of the
// deadline (resolve_time) asked about: done and refused are answered as if nothing had happened,
// fenced says that it certainly never was and never will be decided under this id.
//
// So a command ends in an answer of the server or in one of three statuses made here:
// deadline_expired (it never left, or was not started), connection_lost (sent, and the server was
// not reached to say what became of it: resolve, or send the same id again) or stopping (the client
// was closed before it left).
//
// Threads: every function may be called from any thread. Callbacks come on the client's own thread,
// one at a time; they must not block, and may submit. What they are given is valid during the call.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/status.h"
#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "events/codec/decision.h"
#include "events/log/page.h"

namespace kontor {

struct Grounds;      // values_generated.h
struct CommandText;  // events/json/json.h
namespace wire {
class MadeNumber;  // wire_generated.h
enum class Question : std::uint16_t;
}  // namespace wire

struct ClientOptions {
  std::string host = "127.0.0.1";
  std::string port = "7411";
  std::string name = "kontor";                       // told to the server
  std::chrono::milliseconds deadline{30'000};        // of a command or question, all tries
  std::chrono::milliseconds resolve_time{5'000};     // of it, at most a quarter
  std::chrono::milliseconds connect_timeout{5'000};  // of one try, hello included
  std::chrono::milliseconds backoff_first{20};       // doubled up to backoff_max
  std::chrono::milliseconds backoff_max{1'000};
  std::size_t frames_in_flight = 16;   // written, not answered
  std::size_t frame_commands = 1'024;  // a frame of queued commands closes at this
  std::size_t frame_bytes = 512U << 10;
  std::size_t queued_bytes = 32U << 20;  // then submit waits (not in callbacks)
};

// "HOST:PORT", "HOST" or ":PORT"; what is missing is left as it is. IPv6 as "[::1]:7411".
Status parse_server(std::string_view text, ClientOptions& options);

// A command to send; views are copied before submit returns.
struct CommandToSend {
  std::string_view id;  // 1 to 64 bytes; without one it is not sent
  std::string_view actor;
  std::string_view on_behalf_of;
  std::string_view reason;
  std::string_view correlation_id;
  Date effective_date = kNoDate;
  std::uint64_t expected_version = kAnyVersion;
  std::uint64_t caused_by = 0;
  TraceContext trace;
  std::uint16_t kind = 0;  // CommandKind
  std::uint8_t version = 1;
  std::span<const std::byte> body;  // finished FlatBuffers root of that command's table
};
CommandToSend to_send(const CommandText& command);  // views into it

// What became of one command.
struct Answer {
  StatusCode status = StatusCode::kDone;
  bool repeated = false;  // decided before, under the same id
  Sequence sequence;      // of the first event; 0: nothing was recorded
  Timestamp recorded_at;
  std::span<const std::uint16_t> events;      // EventKinds; the i-th has sequence + i
  std::span<const wire::MadeNumber> numbers;  // gapless numbers its events took
  const Grounds* reasons = nullptr;           // null: none
  const Grounds* warnings = nullptr;
  std::string_view message;
  std::uint32_t retry_after_ms = 0;
};

// The line of interfaces.md: {"id":...,"status":...,"sequence":...,"events":[...],...}, no newline.
std::string answer_json(std::string_view id, const Answer& answer);

// Many commands of one book as one request: the cheapest way for a bulk sender. Made and filled by
// one thread, then handed to Client::send.
class SubmitFrame {
 public:
  // At most this many commands and about this many bytes; both within the limits of the hello.
  explicit SubmitFrame(BookNumber book, std::size_t commands_max = 1'024,
                       std::size_t bytes_max = 512U << 10);
  SubmitFrame(SubmitFrame&&) noexcept;
  SubmitFrame& operator=(SubmitFrame&&) noexcept;
  ~SubmitFrame();

  // False: it is full; send it and put the command into the next. One command always fits.
  // A frame with a command that has no id (1 to 64 bytes) is refused by send.
  bool add(const CommandToSend& command);

  BookNumber book() const;
  std::size_t count() const;
  std::size_t bytes() const;  // about

  struct Builder;  // api/client/submit_builder.h

 private:
  friend class ClientCore;
  std::unique_ptr<Builder> builder_;
};

struct ServerBook {
  BookNumber number;
  std::string name;
  std::uint16_t currency = 0;
  Sequence position;  // durable end when the hello was answered
  std::uint64_t outcomes_kept = 0;
};

struct ServerInfo {
  std::uint16_t protocol = 0;
  std::string server;     // version
  std::string principal;  // who we are taken for
  std::vector<ServerBook> books;
  std::size_t frame_bytes = 0;
  std::size_t frame_commands = 0;
  std::size_t command_bytes = 0;
};

struct HealthInfo {
  bool ready = false;
  std::string message;
  std::string server;
  std::uint32_t connections = 0;
  std::uint32_t inbox_commands = 0;
  std::uint64_t commits = 0;
};

// A question; which fields it reads is said in PROTOCOL.md. Views are copied before query returns.
struct QueryToSend {
  wire::Question question{};
  std::string_view name;
  std::string_view second;
  std::string_view third;
  Date date = kNoDate;
  Sequence as_of;        // 0: the present
  Timestamp as_of_time;  // 0: not given
  Sequence from;
  Sequence to;
  std::uint32_t limit = 0;  // 0: the server's choice
  std::string_view after;   // QueryResult::next of the page before
  std::int64_t number = 0;
  std::uint64_t filter = 0;
  Date date_from = kNoDate;  // of documents: the first and last date wanted
  Date date_to = kNoDate;
  std::string_view state;
  std::span<const std::byte> command;  // of check: 8-aligned; its kind is `number`
};

struct QueryResult {
  StatusCode status = StatusCode::kDone;  // kNotFound, kUnknownQuestion ... see message
  Sequence position;                      // what the answer holds is up to there, durable
  AlignedBuffer body;                     // FlatBuffers root of the question's answer table
  bool more = false;
  std::string next;
  std::string message;
};

class Client {
 public:
  using OnAnswer = std::function<void(const Answer&)>;
  using OnAnswers = std::function<void(std::span<const Answer>)>;  // one per command, in order
  using OnResult = std::function<void(QueryResult)>;

  // Starts the client's thread, connects and says hello. kUnavailable: not reached in time.
  static Result<std::unique_ptr<Client>> connect(ClientOptions options);
  virtual ~Client() = default;  // as close()

  // Queues a command. The errors are the caller's: no id, an id that is none, a body over the limit
  // (kUsage); the client is closed (kUnavailable). With an error the callback never comes.
  virtual Status submit(BookNumber book, const CommandToSend& command, OnAnswer on_answer) = 0;

  // Queues a whole frame; the callback comes once. A frame holding commands that were not started
  // is sent again as a whole, so those decided the first time then say `repeated`.
  virtual Status send(SubmitFrame frame, OnAnswers on_answers) = 0;

  // Asks what became of a command sent before, perhaps by another process: done or refused with its
  // answer; fenced when it was never decided, and from then on it never is; too_old when the server
  // cannot tell. since: a position of the book known before the id was first sent; 0: none.
  virtual Status resolve(BookNumber book, std::string_view id, Sequence since,
                         OnAnswer on_answer) = 0;

  virtual Status query(BookNumber book, const QueryToSend& query, OnResult on_result) = 0;

  // Waits until nothing is queued or in flight. False: not within that time.
  virtual bool wait_idle(std::chrono::milliseconds timeout) = 0;

  // Blocking twins; not in callbacks. Errors: kUnavailable (not reached, not started, or unknown).
  struct Outcome {
    StatusCode status = StatusCode::kDone;
    bool repeated = false;
    Sequence sequence;
    Timestamp recorded_at;
    std::vector<std::uint16_t> events;
    std::string json;  // answer_json
  };
  virtual Result<Outcome> submit_and_wait(BookNumber book, const CommandToSend& command) = 0;
  virtual Result<Outcome> resolve_and_wait(BookNumber book, std::string_view id,
                                           Sequence since) = 0;
  virtual Result<QueryResult> ask(BookNumber book, const QueryToSend& query) = 0;
  virtual Result<HealthInfo> health() = 0;
  virtual Result<ServerInfo> refresh() = 0;  // says hello again: new books
  // The book of that name; asks again once if it is not known. kNotFound lists those there are.
  virtual Result<ServerBook> book(std::string_view name) = 0;

  virtual ServerInfo server() const = 0;  // of the last hello

  // Unanswered commands get connection_lost, unsent ones stopping; then no callback comes any more.
  // Not in callbacks.
  virtual void close() = 0;
};

}  // namespace kontor
