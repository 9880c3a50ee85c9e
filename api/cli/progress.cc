#include "api/cli/progress.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "api/cli/words.h"

namespace kontor::cli {
namespace {

constexpr std::chrono::seconds kQuiet{2};
constexpr std::chrono::milliseconds kRedraw{200};
constexpr std::chrono::seconds kPlain{10};
constexpr std::size_t kBarColumns = 24;

}  // namespace

Progress::Progress(std::ostream& err, bool terminal, std::string what, std::uint64_t total, Now now)
    : err_(err),
      terminal_(terminal),
      what_(std::move(what)),
      total_(total),
      now_(std::move(now)),
      begin_(now_()),
      next_(begin_ + (terminal ? kQuiet : kPlain)) {
}

Progress::~Progress() {
  finish();
}

double Progress::seconds() const {
  return std::chrono::duration<double>(now_() - begin_).count();
}

std::string Progress::line(std::uint64_t done, double seconds) const {
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  std::string text;
  if (total_ != 0) {
    const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total_));
    if (terminal_) {
      const auto filled = static_cast<std::size_t>(share * kBarColumns);
      text += '[' + std::string(filled, '#') + std::string(kBarColumns - filled, '.') + "] ";
    }
    text += std::to_string(static_cast<int>(share * 100)) + " %  ";
  }
  text += with_thousands(done);
  if (total_ != 0) text += " of " + with_thousands(total_);
  text += ' ' + what_ + "  " + with_thousands(static_cast<std::uint64_t>(rate)) + "/s";
  if (total_ > done && rate > 0) {
    text += "  " + duration_text(static_cast<double>(total_ - done) / rate) + " left";
  }
  return text;
}

void Progress::update(std::uint64_t done) {
  const auto now = now_();
  if (now < next_) return;
  const double seconds = std::chrono::duration<double>(now - begin_).count();
  if (terminal_) {
    err_ << '\r' << line(done, seconds) << "\x1b[K" << std::flush;
    next_ = now + kRedraw;
  } else {
    err_ << line(done, seconds) << '\n';
    next_ = now + kPlain;
  }
  drawn_ = true;
}

void Progress::finish() {
  if (drawn_ && terminal_) err_ << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

}  // namespace kontor::cli
