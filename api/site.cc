#include "api/site.h"

namespace kontor {

namespace {

constexpr std::uint64_t kMsOfSecond = 1'000;

// "view timeline: commit 12 of 14, behind for 0.250 s".
std::string line_of(const ViewStatus& view) {
  std::string out = "view " + view.view + ": commit " + std::to_string(view.commit.value()) +
                    " of " + std::to_string(view.tail.value());
  const std::string ms = std::to_string(kMsOfSecond + view.behind_ms % kMsOfSecond).substr(1);
  out += ", behind for " + std::to_string(view.behind_ms / kMsOfSecond) + "." + ms + " s";
  if (view.building) {
    out += ", being built, about " + std::to_string(view.left_ms / kMsOfSecond) + " s left";
  }
  if (!view.trouble.empty()) out += ", in trouble: " + view.trouble;
  return out;
}

}  // namespace

HttpReply Site::readiness() const {
  if (!ready_.load(std::memory_order_relaxed))
    return problem(503, "Service Unavailable", "the server is starting or stopping; ask again");
  std::string lines;
  std::string late;
  for (const ViewStatus& view : views_ == nullptr ? std::vector<ViewStatus>{} : views_->status()) {
    lines += line_of(view) + "\n";
    if (view.behind_ms > lag_max_s_ * kMsOfSecond)
      late += (late.empty() ? "" : "; ") + line_of(view);
  }
  if (late.empty()) return {200, "text/plain; charset=utf-8", "ready\n" + lines, {}};
  return problem(503, "Service Unavailable",
                 "commands are taken, but a view is more than " + std::to_string(lag_max_s_) +
                     " s behind (views-lag-max-s): " + late);
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
