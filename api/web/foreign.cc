#include "api/web/foreign.h"

#include <algorithm>
#include <cctype>

#include <boost/asio/ip/address.hpp>

#include "api/address.h"

namespace kontor {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_local_host(const std::string& host) {
  const auto parsed = parse_host_port(host, {"", "80"});
  if (!parsed) return false;
  if (lower(parsed->host) == "localhost") return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(parsed->host, error);
  return !error && address.is_loopback();
}

bool is_read_only(const std::string& method) {
  return method == "GET" || method == "HEAD";
}

// A page of ours would have the origin http://HOST. "null" is the origin of pages without one.
bool is_own_origin(const HttpRequest& request) {
  return lower(request.origin) == "http://" + lower(request.host);
}

}  // namespace

std::optional<HttpReply> refuse_foreign(const HttpRequest& request) {
  if (request.host.empty()) {
    return problem(400, "Bad Request", "the header Host is missing");
  }
  if (!is_local_host(request.host)) {
    return problem(421, "Misdirected Request",
                   "Host must be localhost or a loopback address, as 127.0.0.1:7412; a proxy in "
                   "front has to say so too");
  }
  if (is_read_only(request.method)) return std::nullopt;
  const bool foreign_page = !request.origin.empty() && !is_own_origin(request);
  const bool foreign_site = request.fetch_site == "cross-site" || request.fetch_site == "same-site";
  if (foreign_page || foreign_site) {
    return problem(403, "Forbidden", "commands are not taken from pages of other sites");
  }
  return std::nullopt;
}

}  // namespace kontor
