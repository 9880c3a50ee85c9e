// What an HTTP server says to bytes sent to it. Blocking, with a deadline on every read.
#pragma once

#include <string>
#include <vector>

namespace kontor::test {

// Everything the server says to these bytes, until it closes.
std::string exchange(const std::string& address, const std::string& request);

// A request that ends its connection. `headers`: whole lines, each with its end.
std::string request_text(const std::string& method, const std::string& target,
                         const std::string& headers = {}, const std::string& body = {});

struct HttpSaid {
  unsigned status = 0;
  std::string head;  // status line and headers
  std::string body;

  std::string header(const std::string& name) const;  // empty: not said
};
HttpSaid say(const std::string& address, const std::string& request);

inline HttpSaid get(const std::string& address, const std::string& target) {
  return say(address, request_text("GET", target));
}
HttpSaid post(const std::string& address, const std::string& target, const std::string& body,
              const std::string& type = "application/json");

}  // namespace kontor::test
