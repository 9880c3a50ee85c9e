// HttpServer: a small HTTP/1.1 server on a thread of its own, so that a slow caller never holds up
// a command. Requests are bounded in size, number and time; what is asked is answered by the
// handler. The requests of one connection are answered one after the other: what a caller sends
// ahead waits in its socket. Start and stop from one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "events/base/result.h"

namespace kontor {

struct HttpRequest {
  std::string method;
  std::string target;
  std::string body;
  // Of the headers; empty: not said.
  std::string host;
  std::string origin;
  std::string fetch_site;  // Sec-Fetch-Site
  std::string content_type;
};

struct HttpReply {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::string allow;                // of a 405
  std::uint32_t retry_after_s = 0;  // of a 503
};

// RFC 9457 problem details.
HttpReply problem(unsigned status, std::string_view title, std::string_view detail);

// To be called once, from any thread: with what makes the reply, on the HTTP thread.
using HttpAnswer = std::function<HttpReply()>;
using HttpDone = std::function<void(HttpAnswer answer)>;

// On the HTTP thread; must not block.
using HttpHandler = std::function<void(HttpRequest request, HttpDone done)>;

struct HttpOptions {
  std::string listen = "127.0.0.1:7412";
  std::size_t connections_max = 64;
  std::size_t header_bytes_max = 8U << 10;
  std::size_t body_bytes_max = 4U << 20;      // of a POST
  std::size_t bodies_bytes_max = 32U << 20;   // of all connections at a time
  std::chrono::milliseconds timeout{10'000};  // of one request, and between two
};

class HttpServer {
 public:
  // Errors: kUsage (not a loopback address), kUnavailable (the port is taken).
  static Result<std::unique_ptr<HttpServer>> start(HttpOptions options, HttpHandler handler);
  virtual ~HttpServer() = default;  // as stop()

  virtual std::string address() const = 0;
  // Waits until every request that was read is answered. False: not within that time.
  virtual bool wait_answered(std::chrono::milliseconds timeout) = 0;
  virtual void stop() = 0;
};

}  // namespace kontor
