#include "api/listen.h"

#include <boost/asio/ip/address.hpp>

#include "api/address.h"

namespace kontor {
namespace {

using boost::asio::ip::tcp;

Result<tcp::endpoint> loopback_endpoint(std::string_view text, std::string_view option) {
  const std::string named(option);
  const auto parsed = parse_host_port(text, {"127.0.0.1", "0"});
  if (!parsed) return Error{ErrorKind::kUsage, named + ": " + parsed.error().message};
  boost::system::error_code error;
  const std::string host = parsed.value().host == "localhost" ? "127.0.0.1" : parsed.value().host;
  const auto address = boost::asio::ip::make_address(host, error);
  if (error) {
    return Error{ErrorKind::kUsage,
                 named + ": '" + host + "' is not an IP address; write one, such as 127.0.0.1"};
  }
  if (!address.is_loopback()) {
    return Error{ErrorKind::kUsage,
                 named + ": " + host +
                     " can be reached from other machines, and this server does not speak TLS yet; "
                     "listen on 127.0.0.1 or ::1, and put a TLS tunnel in front for others"};
  }
  return tcp::endpoint(address, static_cast<std::uint16_t>(std::stoul(parsed.value().port)));
}

}  // namespace

Status listen_on_loopback(tcp::acceptor& acceptor, std::string_view address,
                          std::string_view option) {
  const auto endpoint = loopback_endpoint(address, option);
  if (!endpoint) return endpoint.error();
  boost::system::error_code error;
  acceptor.open(endpoint.value().protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint.value(), error);
  if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (!error) return {};
  return Error{ErrorKind::kUnavailable, std::string(option) + ": cannot listen on " +
                                            std::string(address) + ": " + error.message() +
                                            "; stop what uses the port, or choose another"};
}

}  // namespace kontor
