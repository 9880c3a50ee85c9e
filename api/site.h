// Site: what the HTTP side answers, apart from sockets: /metrics, /livez, /readyz, and by JsonApi
// what stands under /v1. On the HTTP thread; set_ready from any.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/http.h"
#include "api/metrics.h"
#include "api/web/json_api.h"
#include "engine/views/views.h"

namespace kontor {

class Site {
 public:
  Site(const Metrics& metrics, JsonApi& api) : metrics_(metrics), api_(api) {}

  void answer(const HttpRequest& request, HttpDone done);

  // Before the first answer: the views whose lag /readyz tells, and the bound beyond which they
  // make the server not ready. They outlive it.
  // `shard`: of which; empty: there is one.
  void watch(const Views& views, std::uint64_t lag_max_s, std::string shard = {}) {
    views_.push_back({std::move(shard), &views});
    lag_max_s_ = lag_max_s;
  }

  // Whether new work is welcome: from `ready` until the stop begins.
  void set_ready(bool ready) { ready_.store(ready, std::memory_order_relaxed); }

 private:
  HttpReply look(const HttpRequest& request, std::string_view page) const;
  HttpReply readiness() const;

  const Metrics& metrics_;
  struct Watched {
    std::string shard;
    const Views* views = nullptr;
  };
  std::vector<Watched> views_;
  std::uint64_t lag_max_s_ = 0;
  JsonApi& api_;
  std::atomic<bool> ready_{false};
};

}  // namespace kontor
