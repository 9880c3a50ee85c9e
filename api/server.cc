#include "api/server.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <pthread.h>

#include "api/address.h"
#include "api/connection.h"
#include "api/feed/durable_board.h"
#include "api/listen.h"

namespace kontor {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

constexpr auto kRelaxed = std::memory_order_relaxed;

// How often deadlines are looked at: often enough for the shortest of them.
milliseconds tick_of(const ServerOptions& options) {
  const milliseconds shortest =
      std::min({options.hello_timeout, options.idle_timeout, options.write_timeout,
                options.feeds.slow_timeout, options.feeds.mark_interval});
  return std::clamp(shortest / 4, milliseconds(5), milliseconds(1'000));
}

class ServerCore final : public Server {
 public:
  ServerCore(Engine& engine, QuestionAnswerer& questions, ServerOptions options)
      : options_(std::move(options)),
        handover_(std::make_shared<Handover>(
            [this] { boost::asio::post(io_, [this] { on_finished(); }); })),
        context_{engine, questions, handover_, counters_, options_.version, feeds_, {}, false} {
    engine.follow(on_durable_);
  }

  ~ServerCore() override { stop_now(); }

  Status open();
  std::string address() const override { return address_; }
  const ServerCounters& counters() const override { return counters_; }
  void drain() override;
  bool wait_drained(milliseconds timeout) override;
  void stop() override { stop_now(); }

 private:
  void stop_now();
  void accept();
  void on_accept(const error_code& error, tcp::socket socket);
  void turn_away(tcp::socket socket);
  void retry_accept();
  void on_finished();
  void read_board();
  void tick();
  void look_whether_drained();

  const ServerOptions options_;
  ServerCounters counters_;
  std::shared_ptr<DurableBoard> board_ =
      std::make_shared<DurableBoard>([this] { boost::asio::post(io_, [this] { read_board(); }); });
  std::shared_ptr<const OnDurable> on_durable_ = std::make_shared<const OnDurable>(
      [board = board_](BookNumber book, Sequence last) { board->note(book, last); });
  FeedContext feeds_{options_.feeds,
                     counters_.feeds,
                     {},
                     [board = board_](bool watched) { board->set_watched(watched); },
                     counters_.slow_feeds};
  boost::asio::io_context io_{1};
  std::shared_ptr<Handover> handover_;
  SessionContext context_;
  tcp::acceptor acceptor_{io_};
  boost::asio::steady_timer ticker_{io_};
  boost::asio::steady_timer accept_pause_{io_};
  std::unordered_map<std::uint64_t, std::shared_ptr<Connection>> connections_;
  std::vector<Finished> finished_;
  std::vector<std::shared_ptr<Connection>> touched_;
  std::uint64_t next_id_ = 1;
  std::string address_;
  std::mutex drained_mutex_;
  std::condition_variable drained_changed_;
  bool drained_ = false;
  std::thread thread_;
};

Status ServerCore::open() {
  const Status listening = listen_on_loopback(acceptor_, options_.listen, "--listen");
  if (!listening) return listening;
  error_code error;
  const tcp::endpoint local = acceptor_.local_endpoint(error);
  if (error) return Error{ErrorKind::kIo, "--listen: " + error.message()};
  address_ = format_host_port(local.address().to_string(), local.port());
  accept();
  tick();
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "kontor-io");
    io_.run();
  });
  return {};
}

void ServerCore::accept() {
  acceptor_.async_accept(
      [this](const error_code& error, tcp::socket socket) { on_accept(error, std::move(socket)); });
}

void ServerCore::on_accept(const error_code& error, tcp::socket socket) {
  if (!acceptor_.is_open()) return;
  if (error) return retry_accept();
  if (connections_.size() >= options_.connections_max) {
    turn_away(std::move(socket));
    return accept();
  }
  const std::uint64_t id = next_id_++;
  auto connection = std::make_shared<Connection>(std::move(socket), context_, options_, id);
  connections_.emplace(id, connection);
  counters_.accepted.fetch_add(1, kRelaxed);
  counters_.connections.store(connections_.size(), kRelaxed);
  connection->start([this](std::uint64_t closed) {
    connections_.erase(closed);
    counters_.connections.store(connections_.size(), kRelaxed);
    look_whether_drained();
  });
  accept();
}

// One attempt to say why; a peer that cannot take it at once learns from the end of the connection.
void ServerCore::turn_away(tcp::socket socket) {
  counters_.turned_away.fetch_add(1, kRelaxed);
  const AlignedBuffer frame = error_frame(
      0, {StatusCode::kOverloaded, "as many connections are open as may be; try again later",
          kRetryAfterStoppingMs, true});
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(boost::asio::buffer(frame.data(), frame.size()), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

// Out of file descriptors, most likely: pause, so that the loop does not spin.
void ServerCore::retry_accept() {
  accept_pause_.expires_after(milliseconds(100));
  accept_pause_.async_wait([this](const error_code& error) {
    if (!error && acceptor_.is_open()) accept();
  });
}

void ServerCore::on_finished() {
  handover_->take(finished_);
  touched_.clear();
  for (Finished& finished : finished_) {
    const auto found = connections_.find(finished.session);
    if (found == connections_.end()) continue;  // the peer left before its answer
    found->second->on_finished(std::move(finished));
    if (touched_.empty() || touched_.back() != found->second) touched_.push_back(found->second);
  }
  finished_.clear();
  for (const auto& connection : touched_)
    connection->flush();
  touched_.clear();
  look_whether_drained();
}

// Books have become durable further on: subscriptions to them go on.
void ServerCore::read_board() {
  for (const auto& [book, last] : board_->take())
    feeds_.durable[book] = last;
  std::vector<std::shared_ptr<Connection>> all;
  for (const auto& [id, connection] : connections_)
    all.push_back(connection);
  for (const auto& connection : all)
    connection->on_durable();
}

void ServerCore::tick() {
  ticker_.expires_after(tick_of(options_));
  ticker_.async_wait([this](const error_code& error) {
    if (error) return;
    std::vector<std::shared_ptr<Connection>> all;
    all.reserve(connections_.size());
    for (const auto& [id, connection] : connections_)
      all.push_back(connection);
    const auto now = Connection::Clock::now();
    for (const auto& connection : all)
      connection->check_deadlines(now);
    look_whether_drained();
    tick();
  });
}

void ServerCore::look_whether_drained() {
  if (!context_.stopping) return;
  const bool drained = std::all_of(connections_.begin(), connections_.end(),
                                   [](const auto& entry) { return entry.second->idle(); });
  const std::lock_guard lock(drained_mutex_);
  drained_ = drained;
  if (drained) drained_changed_.notify_all();
}

void ServerCore::drain() {
  boost::asio::post(io_, [this] {
    context_.stopping = true;
    error_code ignored;
    acceptor_.close(ignored);
    const auto all = connections_;  // one that has nothing left to say closes
    for (const auto& [id, connection] : all)
      connection->end_feeds();
    look_whether_drained();
  });
}

bool ServerCore::wait_drained(milliseconds timeout) {
  boost::asio::post(io_, [this] { look_whether_drained(); });
  std::unique_lock lock(drained_mutex_);
  return drained_changed_.wait_for(lock, timeout, [this] { return drained_; });
}

void ServerCore::stop_now() {
  if (!thread_.joinable()) return;
  handover_->close();
  board_->close();
  boost::asio::post(io_, [this] {
    error_code ignored;
    acceptor_.close(ignored);
    auto connections = std::move(connections_);
    connections_.clear();
    for (const auto& [id, connection] : connections)
      connection->close();
    io_.stop();
  });
  thread_.join();
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(Engine& engine, QuestionAnswerer& questions,
                                              ServerOptions options) {
  auto server = std::make_unique<ServerCore>(engine, questions, std::move(options));
  const Status opened = server->open();
  if (!opened) return opened.error();
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace kontor
