#include "api/site.h"

namespace kontor {

HttpReply Site::readiness() const {
  if (ready_.load(std::memory_order_relaxed))
    return {200, "text/plain; charset=utf-8", "ready\n", {}};
  return problem(503, "Service Unavailable", "the server is starting or stopping; ask again");
}

HttpReply Site::answer(std::string_view method, std::string_view target) const {
  const std::string_view path = target.substr(0, target.find('?'));
  const bool known = path == "/metrics" || path == "/livez" || path == "/readyz";
  if (!known) {
    return problem(404, "Not Found", "there are /metrics, /livez and /readyz here");
  }
  if (method != "GET" && method != "HEAD") {
    HttpReply reply = problem(405, "Method Not Allowed", "only GET and HEAD are answered here");
    reply.allow = "GET, HEAD";
    return reply;
  }
  if (path == "/livez") return {200, "text/plain; charset=utf-8", "alive\n", {}};
  if (path == "/readyz") return readiness();
  return {200, "text/plain; version=0.0.4; charset=utf-8", metrics_.text(), {}};
}

}  // namespace kontor
