#include "tests/api/http_peer.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "api/address.h"
#include "tests/api/fake_engine.h"

namespace kontor::test {

std::string exchange(const std::string& address, const std::string& request) {
  const auto parsed = parse_host_port(address, {});
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(parsed.value().port)));
  EXPECT_EQ(inet_pton(AF_INET, parsed.value().host.c_str(), &to.sin_addr), 1);
  const timeval patience{kPatience.count(), 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  EXPECT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  EXPECT_EQ(send(fd, request.data(), request.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t got = 0; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(got));
  }
  close(fd);
  return answer;
}

std::string request_text(const std::string& method, const std::string& target,
                         const std::string& headers, const std::string& body) {
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers;
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "Connection: close\r\n\r\n" + body;
}

HttpSaid say(const std::string& address, const std::string& request) {
  const std::string all = exchange(address, request);
  HttpSaid said;
  const std::size_t end = all.find("\r\n\r\n");
  if (end == std::string::npos || !all.starts_with("HTTP/1.1 ")) {
    ADD_FAILURE() << "no answer of HTTP: " << all;
    return said;
  }
  said.status = static_cast<unsigned>(std::stoul(all.substr(9, 3)));
  said.head = all.substr(0, end + 2);
  said.body = all.substr(end + 4);
  return said;
}

std::string HttpSaid::header(const std::string& name) const {
  for (std::size_t at = 0; at < head.size();) {
    const std::size_t end = head.find("\r\n", at);
    const std::string line = head.substr(at, end - at);
    if (strncasecmp(line.c_str(), (name + ": ").c_str(), name.size() + 2) == 0) {
      return line.substr(name.size() + 2);
    }
    at = end + 2;
  }
  return {};
}

HttpSaid post(const std::string& address, const std::string& target, const std::string& body,
              const std::string& type) {
  return say(address, request_text("POST", target, "Content-Type: " + type + "\r\n", body));
}

}  // namespace kontor::test
