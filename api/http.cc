#include "api/http.h"

#include <atomic>
#include <optional>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
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

// What the exchanges share; the server's, and on its thread.
struct Shared {
  HttpOptions options;
  HttpHandler handler;
  std::size_t connections = 0;
};

// One connection: reads a request, answers it, and again.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(tcp::socket socket, std::shared_ptr<Shared> shared)
      : stream_(std::move(socket)), shared_(std::move(shared)) {
    ++shared_->connections;
  }
  ~Exchange() { --shared_->connections; }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void read() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(shared_->options.header_bytes_max));
    parser_->body_limit(shared_->options.body_bytes_max);
    stream_.expires_after(shared_->options.timeout);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](const error_code& error, std::size_t) {
                       self->on_read(error);
                     });
  }

 private:
  void on_read(const error_code& error) {
    if (error == http::error::end_of_stream || error == beast::error::timeout) return close();
    if (error == http::error::header_limit) {
      return reply(problem(431, "Request Header Fields Too Large", "send fewer or shorter headers"),
                   false);
    }
    if (error == http::error::body_limit) {
      return reply(problem(413, "Content Too Large", "send a shorter body"), false);
    }
    if (error.category() == http::make_error_code(http::error::bad_version).category()) {
      return reply(problem(400, "Bad Request", error.message()), false);
    }
    if (error) return close();
    const auto& request = parser_->get();
    const std::string method(request.method_string());
    const std::string target(request.target());
    head_ = request.method() == http::verb::head;
    reply(shared_->handler(method, target), request.keep_alive());
  }

  void reply(const HttpReply& answer, bool keep_alive) {
    response_ = {};
    response_.version(11);
    response_.result(answer.status);
    response_.set(http::field::content_type, answer.content_type);
    response_.set(http::field::cache_control, "no-store");
    if (!answer.allow.empty()) response_.set(http::field::allow, answer.allow);
    response_.keep_alive(keep_alive);
    response_.content_length(answer.body.size());
    if (!head_) response_.body() = answer.body;
    stream_.expires_after(shared_->options.timeout);
    http::async_write(
        stream_, response_,
        [self = shared_from_this(), keep_alive](const error_code& error, std::size_t) {
          if (error || !keep_alive) return self->close();
          self->read();
        });
  }

  void close() {
    error_code ignored;  // it is over either way
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
  }

  beast::tcp_stream stream_;
  std::shared_ptr<Shared> shared_;
  beast::flat_buffer buffer_{64U << 10};
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  bool head_ = false;
};

class HttpCore final : public HttpServer {
 public:
  HttpCore(HttpOptions options, HttpHandler handler)
      : shared_(std::make_shared<Shared>(Shared{std::move(options), std::move(handler), 0})) {}
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
  void stop() override { end(); }

 private:
  void accept() {
    acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (error) return pause();
      if (shared_->connections < shared_->options.connections_max) {
        std::make_shared<Exchange>(std::move(socket), shared_)->read();
      }
      accept();
    });
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
    boost::asio::post(io_, [this] {
      error_code ignored;
      acceptor_.close(ignored);
      io_.stop();
    });
    thread_.join();
  }

  std::shared_ptr<Shared> shared_;
  boost::asio::io_context io_{1};
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
