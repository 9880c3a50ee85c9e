#include "api/cli/environment.h"

#include <ostream>
#include <utility>

namespace kontor::cli {

int exit_status(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
    case ErrorKind::kMalformed:
    case ErrorKind::kNotFound:
      return kExitUsage;
    case ErrorKind::kUnavailable:
    case ErrorKind::kIo:
    case ErrorKind::kFenced:
      return kExitUnreached;
    case ErrorKind::kCorrupt:
    case ErrorKind::kNewer:
      return kExitCorrupt;
  }
  return kExitUnreached;
}

int exit_status(StatusCode code) {
  switch (class_of(code)) {
    case StatusClass::kDone:
      return kExitDone;
    case StatusClass::kRefused:
      return kExitRefused;
    case StatusClass::kMisuse:
      return kExitUsage;
    case StatusClass::kNotStarted:
    case StatusClass::kUnknown:
      return kExitUnreached;
  }
  return kExitUnreached;
}

int fail(const Environment& env, const Error& error) {
  env.err << "kontor: " << error.message << '\n';
  return exit_status(error.kind);
}

Result<std::unique_ptr<Client>> connect(const Environment& env, ClientOptions options) {
  if (Status parsed = parse_server(env.server, options); !parsed) return parsed.error();
  return Client::connect(std::move(options));
}

Result<ServerBook> target_book(const Environment& env, Client& client) {
  if (!env.book.empty()) return client.book(env.book);
  const ServerInfo info = client.server();
  if (info.books.size() == 1) return info.books.front();
  if (info.books.empty()) {
    return Error{ErrorKind::kUsage, "the server " + env.server +
                                        " has no book yet; open one with the command OpenBook "
                                        "(kontor submit)"};
  }
  std::string names;
  for (const ServerBook& book : info.books) {
    if (!names.empty()) names += ", ";
    names += book.name;
  }
  return Error{ErrorKind::kUsage, "the server has " + std::to_string(info.books.size()) +
                                      " books; choose one with --book: " + names};
}

}  // namespace kontor::cli
