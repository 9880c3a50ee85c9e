// ClientCore: the client behind client.h. A queue that any thread fills, and an I/O thread that
// writes from it, keeps the order across retries, and calls back.
//
// What a submit frame goes through: queue_ -> in_flight_ -> answered; or, when it was not taken or
// the connection was lost, -> again_ (in order of number) -> in_flight_. After a frame that was not
// taken nothing new is sent until all in flight are answered; the first of again_ then says
// `resume`. When no more tries begin and its outcome is unknown, -> unresolved_, and a resolve of
// its ids into again_; the first answer to either ends it.
//
// Locks: mutex_ guards what is marked so; everything else belongs to the I/O thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "api/client/answers.h"
#include "api/client/link.h"
#include "api/client/request.h"

namespace kontor {

class ClientCore final : public Client, private LinkOwner {
 public:
  explicit ClientCore(ClientOptions options);
  ~ClientCore() override { shut(); }

  Status start();

  Status submit(BookNumber book, const CommandToSend& command, OnAnswer on_answer) override;
  Status send(SubmitFrame frame, OnAnswers on_answers) override;
  Status query(BookNumber book, const QueryToSend& query, OnResult on_result) override;
  Status resolve(BookNumber book, std::string_view id, Sequence since, OnAnswer on_answer) override;
  bool wait_idle(std::chrono::milliseconds timeout) override;
  Result<Outcome> submit_and_wait(BookNumber book, const CommandToSend& command) override;
  Result<Outcome> resolve_and_wait(BookNumber book, std::string_view id, Sequence since) override;
  Result<QueryResult> ask(BookNumber book, const QueryToSend& query) override;
  Result<HealthInfo> health() override;
  Result<ServerInfo> refresh() override;
  Result<ServerBook> book(std::string_view name) override;
  ServerInfo server() const override;
  void close() override { shut(); }

 private:
  using Clock = Request::Clock;
  using RequestPtr = std::shared_ptr<Request>;  // also held while it is being written

  void on_ready(const ServerInfo& server) override;
  void on_frame(const Frame& frame) override;
  void on_frames_read() override { pump(); }
  void on_written() override;
  void on_lost(const std::string& why) override;

  // Callers' threads.
  Status enqueue(RequestPtr request);
  bool wait_for_room(std::unique_lock<std::mutex>& lock);
  void wake(std::unique_lock<std::mutex>& lock);
  RequestPtr make_request(MessageType type, BookNumber book) const;
  Status call(MessageType type, AlignedBuffer body, Request::OnReply on_reply);
  Status blocking_allowed() const;
  template <class Send>
  Result<Outcome> wait_for_outcome(std::string_view id, Send send);

  // I/O thread: sending.
  void pump();
  void collect(std::vector<RequestPtr>& out);
  RequestPtr next_again();
  RequestPtr next_queued();
  bool worth_sending(const Request& front) const;
  void reconnect();

  // I/O thread: answers.
  void on_answers(std::size_t index, const Frame& frame);
  void on_error(std::size_t index, const Frame& frame);
  void on_reply(std::size_t index, const Frame& frame);
  void again(std::size_t index, StatusCode status, std::string_view why, std::uint32_t pause_ms);
  void finish(const RequestPtr& request, std::span<const Answer> answers);
  void give_up(const RequestPtr& request, StatusCode status, const std::string& why);
  void give_up_unsent(RequestPtr request);
  RequestPtr take_in_flight(std::size_t index);
  void one_less();

  // I/O thread: what became of it (resolving.cc).
  void learn(const ServerInfo& server);
  void learn(const Request& request, std::span<const Answer> answers);
  bool ask_about_unsettled(std::size_t index, const Frame& frame);
  void ask_about(RequestPtr request, std::vector<std::uint32_t> lines);
  void on_late_answer(const Frame& frame);
  void on_resolved(std::size_t index, const Frame& frame);
  RequestPtr take_unresolved(const Request& request);

  void tick();
  void expire(Clock::time_point now);
  void expire_unresolved(Clock::time_point now);
  void end_all();
  void shut();

  const ClientOptions options_;
  boost::asio::io_context io_{1};
  Link link_;
  boost::asio::steady_timer ticker_;
  boost::asio::steady_timer pause_;
  std::vector<RequestPtr> in_flight_;
  std::vector<RequestPtr> writing_;  // whose bytes the link reads
  std::deque<RequestPtr> again_;
  std::vector<RequestPtr> unresolved_;        // submits whose outcome is being asked for
  std::map<BookNumber, Sequence> positions_;  // known to be durable
  std::vector<Answer> answers_;               // scratch
  std::vector<boost::asio::const_buffer> gather_;
  std::chrono::milliseconds backoff_;
  std::string last_error_;
  std::uint64_t next_number_ = 1;  // guarded by mutex_
  bool holding_ = false;           // a frame was not taken: wait for the others, then resume
  bool resume_ = false;
  bool paused_ = false;   // before a retry
  bool waiting_ = false;  // before a new connection
  bool connected_once_ = false;
  std::thread::id io_thread_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<RequestPtr> queue_;   // guarded
  std::size_t queued_bytes_ = 0;   // guarded
  std::size_t open_requests_ = 0;  // guarded: queued, in flight or to be sent again
  ServerInfo server_;              // guarded
  std::string first_error_;        // guarded: why the first connection failed
  bool greeted_ = false;           // guarded
  bool failed_ = false;            // guarded: the first connection did
  bool closed_ = false;            // guarded
  bool hungry_ = true;             // guarded: the I/O thread found nothing, and waits to be woken
  bool waits_for_fuller_ = false;  // guarded: it left a frame in the queue to be filled
  std::mutex shut_mutex_;
  std::thread thread_;
};

}  // namespace kontor
