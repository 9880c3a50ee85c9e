// "HOST:PORT" texts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/base/result.h"

namespace kontor {

struct HostPort {
  std::string host;
  std::string port;
};

// "HOST:PORT", "HOST" or ":PORT"; IPv6 as "[::1]:7411". What is missing comes from `fallback`.
// kUsage: no number from 0 to 65535 for a port, or no such form.
Result<HostPort> parse_host_port(std::string_view text, const HostPort& fallback);

std::string format_host_port(std::string_view host, std::uint16_t port);  // IPv6 in brackets

}  // namespace kontor
