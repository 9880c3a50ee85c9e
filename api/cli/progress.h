// Progress: how far a long piece of work is, on stderr. On a terminal one line that is redrawn,
// with rate and time left, once two seconds have passed; elsewhere a line every ten seconds. Used
// by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>

namespace kontor::cli {

class Progress {
 public:
  using Now = std::function<std::chrono::steady_clock::time_point()>;

  // total 0: not known. `what` names the things counted: "commands".
  Progress(std::ostream& err, bool terminal, std::string what, std::uint64_t total,
           Now now = std::chrono::steady_clock::now);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void set_total(std::uint64_t total) { total_ = total; }
  void update(std::uint64_t done);  // cheap when nothing is due
  void finish();                    // takes the line away again
  double seconds() const;

 private:
  std::string line(std::uint64_t done, double seconds) const;

  std::ostream& err_;
  bool terminal_;
  bool drawn_ = false;
  std::string what_;
  std::uint64_t total_;
  Now now_;
  std::chrono::steady_clock::time_point begin_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace kontor::cli
