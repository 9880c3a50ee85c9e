// HttpServer: a small HTTP/1.1 server for scrapes and probes, on a thread of its own so that a slow
// scrape never holds up a command. Requests are bounded in size and time; what is asked is answered
// by the handler. Start and stop from one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "events/base/result.h"

namespace kontor {

struct HttpReply {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::string allow;  // of a 405
};

// RFC 9457 problem details.
HttpReply problem(unsigned status, std::string_view title, std::string_view detail);

// On the HTTP thread.
using HttpHandler = std::function<HttpReply(std::string_view method, std::string_view target)>;

struct HttpOptions {
  std::string listen = "127.0.0.1:7412";
  std::size_t connections_max = 64;
  std::size_t header_bytes_max = 8U << 10;
  std::size_t body_bytes_max = 16U << 10;
  std::chrono::milliseconds timeout{10'000};  // of one request, and between two
};

class HttpServer {
 public:
  // Errors: kUsage (not a loopback address), kUnavailable (the port is taken).
  static Result<std::unique_ptr<HttpServer>> start(HttpOptions options, HttpHandler handler);
  virtual ~HttpServer() = default;  // as stop()

  virtual std::string address() const = 0;
  virtual void stop() = 0;
};

}  // namespace kontor
