#include "api/http.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <pthread.h>

#include "api/address.h"
#include "api/listen.h"
#include "events/json/writer.h"

namespace kontor {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::seconds kLingerTime{2};
constexpr std::size_t kLingerBytes = 16U << 20;
constexpr std::size_t kSmallBodyBytes = 16U << 10;  // of what is no POST
constexpr std::uint32_t kRetryAfterS = 1;

// The way back to the HTTP thread for who answers later; closed before the thread ends.
class WayBack {
 public:
  explicit WayBack(boost::asio::io_context& io) : io_(io) {}

  template <class Work>
  void post(Work work) {
    const std::lock_guard lock(mutex_);
    if (!closed_) boost::asio::post(io_, std::move(work));
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }

 private:
  boost::asio::io_context& io_;
  std::mutex mutex_;
  bool closed_ = false;
};

// How many requests were read and are not answered yet. Thread-safe.
class InWork {
 public:
  void add(int requests) {
    const std::lock_guard lock(mutex_);
    requests_ += requests;
    if (requests_ == 0) changed_.notify_all();
  }
  bool wait_for_none(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout, [this] { return requests_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int requests_ = 0;
};

class Exchange;

// What the exchanges share; the server's, and on its thread.
struct Shared {
  HttpOptions options;
  HttpHandler handler;
  std::shared_ptr<WayBack> way_back;
  InWork in_work;
  std::size_t connections = 0;
  std::size_t bodies_bytes = 0;                           // of requests in work
  std::unordered_set<std::shared_ptr<Exchange>> waiting;  // for the handler
};

HttpReply busy(std::string_view detail) {
  HttpReply reply = problem(503, "Service Unavailable", detail);
  reply.retry_after_s = kRetryAfterS;
  return reply;
}

// One connection: reads a request, answers it, and again.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(tcp::socket socket, std::shared_ptr<Shared> shared)
      : stream_(std::move(socket)), shared_(std::move(shared)) {
    ++shared_->connections;
  }
  ~Exchange() {
    --shared_->connections;
    give_back();
    answered();
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void read() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(shared_->options.header_bytes_max));
    parser_->body_limit(shared_->options.body_bytes_max);
    head_ = false;
    stream_.expires_after(shared_->options.timeout);  // of the whole request
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](const error_code& error, std::size_t) {
                              if (error) return self->on_read_failed(error);
                              self->on_header();
                            });
  }

 private:
  void on_read_failed(const error_code& error) {
    if (error == http::error::header_limit) {
      return reply(problem(431, "Request Header Fields Too Large", "send fewer or shorter headers"),
                   false);
    }
    if (error == http::error::body_limit) return reply(too_large(), false);
    const bool http_error =
        error.category() == http::make_error_code(http::error::bad_version).category();
    if (http_error && error != http::error::end_of_stream &&
        error != http::error::partial_message) {
      return reply(problem(400, "Bad Request", error.message()), false);
    }
    close();
  }

  HttpReply too_large() const {
    return problem(413, "Content Too Large",
                   "a body has at most " + std::to_string(shared_->options.body_bytes_max) +
                       " bytes with POST, else " + std::to_string(kSmallBodyBytes));
  }

  // Whether the body may come is decided before any room is made for it.
  void on_header() {
    const auto& request = parser_->get();
    head_ = request.method() == http::verb::head;
    const auto length = parser_->content_length();
    const std::size_t most =
        request.method() == http::verb::post ? shared_->options.body_bytes_max : kSmallBodyBytes;
    if (length && *length > most) return reply(too_large(), false);
    held_bytes_ = length ? static_cast<std::size_t>(*length) : most;
    if (!length && !parser_->chunked()) held_bytes_ = 0;
    if (shared_->bodies_bytes + held_bytes_ > shared_->options.bodies_bytes_max) {
      held_bytes_ = 0;
      return reply(busy("too many large requests are in work; send it again after a pause"), false);
    }
    shared_->bodies_bytes += held_bytes_;
    if (boost::beast::iequals(request[http::field::expect], "100-continue")) return go_on();
    read_body();
  }

  // Callers of large bodies wait for a word before they send them.
  void go_on() {
    continue_ = {};
    continue_.version(11);
    continue_.result(http::status::continue_);
    http::async_write(stream_, continue_,
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                        if (error) return self->close();
                        self->read_body();
                      });
  }

  void read_body() {
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](const error_code& error, std::size_t) {
                       if (error) return self->on_read_failed(error);
                       self->on_request();
                     });
  }

  void on_request() {
    auto& message = parser_->get();
    const bool keep_alive = message.keep_alive();
    const auto text = [&message](auto field) { return std::string(message[field]); };
    HttpRequest request;
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    request.host = text(http::field::host);
    request.origin = text(http::field::origin);
    request.fetch_site = text("Sec-Fetch-Site");
    request.content_type = text(http::field::content_type);
    request.body = std::move(message.body());
    if (message.count(http::field::host) > 1) {
      return reply(problem(400, "Bad Request", "the header Host stands there twice"), false);
    }
    stream_.expires_never();  // from here on it is the handler's time
    shared_->waiting.insert(shared_from_this());
    shared_->in_work.add(1);
    in_work_ = true;
    shared_->handler(std::move(request), [weak = weak_from_this(), keep_alive,
                                          way = shared_->way_back](HttpAnswer answer) {
      way->post([weak, keep_alive, answer = std::move(answer)] {
        const auto self = weak.lock();
        if (self != nullptr) self->on_answer(answer(), keep_alive);
      });
    });
  }

  void on_answer(const HttpReply& answer, bool keep_alive) {
    shared_->waiting.erase(shared_from_this());
    give_back();
    reply(answer, keep_alive);
  }

  void answered() {
    if (in_work_) shared_->in_work.add(-1);
    in_work_ = false;
  }

  void give_back() {
    shared_->bodies_bytes -= held_bytes_;
    held_bytes_ = 0;
  }

  void reply(const HttpReply& answer, bool keep_alive) {
    response_ = {};
    response_.version(11);
    response_.result(answer.status);
    response_.set(http::field::content_type, answer.content_type);
    response_.set(http::field::cache_control, "no-store");
    response_.set("X-Content-Type-Options", "nosniff");
    response_.set("Cross-Origin-Resource-Policy", "same-origin");
    if (!answer.allow.empty()) response_.set(http::field::allow, answer.allow);
    if (answer.retry_after_s != 0) {
      response_.set(http::field::retry_after, std::to_string(answer.retry_after_s));
    }
    response_.keep_alive(keep_alive);
    response_.content_length(answer.body.size());
    if (!head_) response_.body() = answer.body;
    serializer_.emplace(response_);
    stream_.expires_after(shared_->options.timeout);
    const auto on_written = [self = shared_from_this(), keep_alive](const error_code& error,
                                                                    std::size_t) {
      self->answered();
      if (error) return self->close();
      if (!keep_alive) return self->linger();
      self->read();
    };
    // To HEAD the length is told of a body that does not follow.
    if (head_) return http::async_write_header(stream_, *serializer_, on_written);
    http::async_write(stream_, *serializer_, on_written);
  }

  // Closing with unread bytes would reset the connection and take the answer with it: say that
  // nothing more comes, and read on for a moment into nowhere.
  void linger() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    buffer_.clear();
    discarded_.resize(kSmallBodyBytes);
    stream_.expires_after(kLingerTime);
    discard(0);
  }

  void discard(std::size_t bytes) {
    if (bytes > kLingerBytes) return close();
    stream_.async_read_some(
        boost::asio::buffer(discarded_),
        [self = shared_from_this(), bytes](const error_code& error, std::size_t more) {
          if (error) return self->close();
          self->discard(bytes + more);
        });
  }

  void close() {
    error_code ignored;  // it is over either way
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.socket().close(ignored);
  }

  beast::tcp_stream stream_;
  std::shared_ptr<Shared> shared_;
  beast::flat_buffer buffer_{64U << 10};
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  http::response<http::empty_body> continue_;
  std::vector<char> discarded_;
  std::size_t held_bytes_ = 0;  // of Shared::bodies_bytes
  bool head_ = false;
  bool in_work_ = false;
};

class HttpCore final : public HttpServer {
 public:
  HttpCore(HttpOptions options, HttpHandler handler)
      : way_back_(std::make_shared<WayBack>(io_)), shared_(std::make_shared<Shared>()) {
    shared_->options = std::move(options);
    shared_->handler = std::move(handler);
    shared_->way_back = way_back_;
  }
  ~HttpCore() override { end(); }

  Status open() {
    const Status listening = listen_on_loopback(acceptor_, shared_->options.listen, "--http");
    if (!listening) return listening;
    error_code error;
    const tcp::endpoint local = acceptor_.local_endpoint(error);
    if (error) return Error{ErrorKind::kIo, "--http: " + error.message()};
    address_ = format_host_port(local.address().to_string(), local.port());
    accept();
    thread_ = std::thread([this] {
      pthread_setname_np(pthread_self(), "kontor-http");
      io_.run();
    });
    return {};
  }

  std::string address() const override { return address_; }
  bool wait_answered(std::chrono::milliseconds timeout) override {
    return shared_->in_work.wait_for_none(timeout);
  }
  void stop() override { end(); }

 private:
  void accept() {
    acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (error) return pause();
      if (shared_->connections < shared_->options.connections_max) {
        std::make_shared<Exchange>(std::move(socket), shared_)->read();
      } else {
        turn_away(std::move(socket));
      }
      accept();
    });
  }

  // One attempt to say why; a caller that cannot take it at once learns from the end.
  static void turn_away(tcp::socket socket) {
    static constexpr std::string_view kText =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
        "Connection: close\r\n\r\n";
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(boost::asio::buffer(kText.data(), kText.size()), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
  }

  // Out of file descriptors, most likely: so that the loop does not spin.
  void pause() {
    pause_.expires_after(std::chrono::milliseconds(100));
    pause_.async_wait([this](const error_code& error) {
      if (!error && acceptor_.is_open()) accept();
    });
  }

  void end() {
    if (!thread_.joinable()) return;
    way_back_->close();
    boost::asio::post(io_, [this] {
      error_code ignored;
      acceptor_.close(ignored);
      io_.stop();
    });
    thread_.join();
    shared_->waiting.clear();
  }

  boost::asio::io_context io_{1};
  std::shared_ptr<WayBack> way_back_;
  std::shared_ptr<Shared> shared_;
  tcp::acceptor acceptor_{io_};
  boost::asio::steady_timer pause_{io_};
  std::string address_;
  std::thread thread_;
};

}  // namespace

HttpReply problem(unsigned status, std::string_view title, std::string_view detail) {
  HttpReply reply;
  reply.status = status;
  reply.content_type = "application/problem+json";
  reply.body = R"({"type":"about:blank","title":)";
  append_json_string(reply.body, title);
  reply.body += ",\"status\":" + std::to_string(status) + ",\"detail\":";
  append_json_string(reply.body, detail);
  reply.body += "}\n";
  return reply;
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpOptions options, HttpHandler handler) {
  auto server = std::make_unique<HttpCore>(std::move(options), std::move(handler));
  const Status opened = server->open();
  if (!opened) return opened.error();
  return std::unique_ptr<HttpServer>(std::move(server));
}

}  // namespace kontor
