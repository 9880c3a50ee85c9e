// The settled documents of one kind in the order in which they were touched last, and which of them
// have not been touched for so many events that they leave memory.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "events/base/ids.h"
#include "events/base/limits.h"
#include "projections/sink.h"

namespace kontor {

class Leaving {
 public:
  struct Touch {
    std::uint64_t position = 0;
    std::uint64_t document = 0;  // birth
  };

  // Events a settled document stays for; 0, as at first: for ever.
  void keep_for(std::uint64_t events) { kept_ = events; }

  // An event at this position touched a document, and left it settled. Of touches of one document
  // that follow each other only the last is kept.
  void touched(Sequence position, std::uint64_t document) {
    if (kept_ == 0) return;
    if (!touches_.empty() && touches_.back().document == document) {
      touches_.back().position = position.value();
    } else {
      touches_.push_back({position.value(), document});
    }
  }
  // The oldest touch that lies so far behind the last event; nothing: there is none. The document
  // may have been touched since, and may have left by another touch at the same position.
  std::optional<Touch> take_due(Sequence last) {
    if (touches_.empty() || touches_.front().position + kept_ > last.value()) return std::nullopt;
    const Touch touch = touches_.front();
    touches_.pop_front();
    return touch;
  }
  // What is looked at some touches from now; null: not so many.
  const Touch* ahead(std::size_t touches) const {
    return touches_.size() > touches ? &touches_[touches] : nullptr;
  }

  void save(Sink& out) const {
    out.pod(kept_);
    out.pod(std::uint64_t{touches_.size()});
    for (const Touch& touch : touches_)
      out.pod(touch);
  }
  void load(Source& in) {
    in.pod(kept_);
    for (std::uint64_t left = in.size_of_run(sizeof(Touch)); left > 0 && in.ok(); --left)
      in.pod(touches_.emplace_back());
    in.expect(kept_ <= limits::kSettledKeptMax && (kept_ != 0 || touches_.empty()) && is_sound());
  }
  bool is_sound() const {  // ascending
    std::uint64_t before = 0;
    for (const Touch& touch : touches_) {
      if (touch.position < before || touch.document == 0) return false;
      before = touch.position;
    }
    return true;
  }

 private:
  std::uint64_t kept_ = 0;
  std::deque<Touch> touches_;
};

}  // namespace kontor
