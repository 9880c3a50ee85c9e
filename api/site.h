// Site: what the HTTP side answers, apart from sockets: /metrics, /livez, /readyz. Any thread.
#pragma once

#include <atomic>
#include <string_view>

#include "api/http.h"
#include "api/metrics.h"

namespace kontor {

class Site {
 public:
  explicit Site(const Metrics& metrics) : metrics_(metrics) {}

  HttpReply answer(std::string_view method, std::string_view target) const;

  // Whether new work is welcome: from `ready` until the stop begins.
  void set_ready(bool ready) { ready_.store(ready, std::memory_order_relaxed); }

 private:
  HttpReply readiness() const;

  const Metrics& metrics_;
  std::atomic<bool> ready_{false};
};

}  // namespace kontor
