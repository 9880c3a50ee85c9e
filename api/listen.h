// Listening sockets of this process. Heavy (asio): for .cc files.
#pragma once

#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "events/base/result.h"

namespace kontor {

// Opens, binds and listens at HOST:PORT. Without TLS only a loopback address may be listened on.
// Errors: kUsage (another address, or none), kUnavailable (the port is taken). `option` names the
// setting in messages, such as "--listen".
Status listen_on_loopback(boost::asio::ip::tcp::acceptor& acceptor, std::string_view address,
                          std::string_view option);

}  // namespace kontor
