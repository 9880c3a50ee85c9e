// Site: what the HTTP side answers, apart from sockets: /metrics, /livez, /readyz, and by JsonApi
// what stands under /v1. On the HTTP thread; set_ready from any.
#pragma once

#include <atomic>
#include <string_view>

#include "api/http.h"
#include "api/metrics.h"
#include "api/web/json_api.h"

namespace kontor {

class Site {
 public:
  Site(const Metrics& metrics, JsonApi& api) : metrics_(metrics), api_(api) {}

  void answer(const HttpRequest& request, HttpDone done);

  // Whether new work is welcome: from `ready` until the stop begins.
  void set_ready(bool ready) { ready_.store(ready, std::memory_order_relaxed); }

 private:
  HttpReply look(const HttpRequest& request, std::string_view page) const;
  HttpReply readiness() const;

  const Metrics& metrics_;
  JsonApi& api_;
  std::atomic<bool> ready_{false};
};

}  // namespace kontor
