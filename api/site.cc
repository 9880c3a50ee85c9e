#include "api/site.h"

#include <string>
#include <utility>

#include "api/web/foreign.h"
#include "api/web/target.h"

namespace kontor {
namespace {

constexpr const char* kText = "text/plain; charset=utf-8";
constexpr std::uint64_t kMsOfSecond = 1'000;

// "view timeline: commit 12 of 14, behind for 0.250 s".
std::string line_of(const std::string& shard, const ViewStatus& view) {
  std::string out = shard.empty() ? std::string() : "shard " + shard + ", ";
  out += "view " + view.view + ": commit " + std::to_string(view.commit.value()) + " of " +
         std::to_string(view.tail.value());
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
  for (const Watched& watched : views_) {
    for (const ViewStatus& view : watched.views->status()) {
      const std::string line = line_of(watched.shard, view);
      lines += line + "\n";
      if (view.behind_ms > lag_max_s_ * kMsOfSecond) late += (late.empty() ? "" : "; ") + line;
    }
  }
  if (late.empty()) return {200, kText, "ready\n" + lines, {}, 0};
  return problem(503, "Service Unavailable",
                 "commands are taken, but a view is more than " + std::to_string(lag_max_s_) +
                     " s behind (views-lag-max-s): " + late);
}

HttpReply Site::look(const HttpRequest& request, std::string_view page) const {
  const bool known = page == "metrics" || page == "livez" || page == "readyz";
  if (!known) {
    return problem(
        404, "Not Found",
        "there are /metrics, /livez and /readyz here, and /v1/openapi.json describes what "
        "is under /v1");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    HttpReply reply = problem(405, "Method Not Allowed", "only GET and HEAD are answered here");
    reply.allow = "GET, HEAD";
    return reply;
  }
  if (page == "livez") return {200, kText, "alive\n", {}, 0};
  if (page == "readyz") return readiness();
  return {200, "text/plain; version=0.0.4; charset=utf-8", metrics_.text(), {}, 0};
}

void Site::answer(const HttpRequest& request, HttpDone done) {
  if (auto refused = refuse_foreign(request)) {
    return done([reply = std::move(*refused)] { return reply; });
  }
  const Result<Target> target = parse_target(request.target);
  if (!target) {
    return done([why = target.error().message] { return problem(400, "Bad Request", why); });
  }
  if (!target->path.empty() && target->path[0] == "v1") {
    return api_.answer(request, *target, std::move(done));
  }
  const std::string_view page =
      target->path.size() == 1 ? std::string_view(target->path[0]) : std::string_view{};
  done([reply = look(request, page)] { return reply; });
}

}  // namespace kontor
