#include "api/address.h"

#include <charconv>

namespace kontor {
namespace {

Error bad_address(std::string_view text) {
  return {ErrorKind::kUsage, "'" + std::string(text) +
                                 "' is not an address; write HOST:PORT, such as 127.0.0.1:7411 or "
                                 "[::1]:7411"};
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

Result<HostPort> parse_host_port(std::string_view text, const HostPort& fallback) {
  HostPort parsed = fallback;
  std::string_view rest = text;
  if (rest.starts_with('[')) {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos || close == 1) return bad_address(text);
    parsed.host = std::string(rest.substr(1, close - 1));
    rest.remove_prefix(close + 1);
  } else {
    const std::string_view host = rest.substr(0, rest.find(':'));
    if (!host.empty()) parsed.host = std::string(host);
    rest.remove_prefix(host.size());
  }
  if (rest.empty()) return text.empty() ? Result<HostPort>(bad_address(text)) : parsed;
  if (rest.front() != ':' || !is_port(rest.substr(1))) return bad_address(text);
  parsed.port = std::string(rest.substr(1));
  return parsed;
}

std::string format_host_port(std::string_view host, std::uint16_t port) {
  const bool ipv6 = host.find(':') != std::string_view::npos;
  return (ipv6 ? "[" + std::string(host) + "]" : std::string(host)) + ":" + std::to_string(port);
}

}  // namespace kontor
