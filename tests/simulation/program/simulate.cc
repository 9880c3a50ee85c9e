// kontor_simulate: the engine beside its reference model, over many seeds. Exit status 0: no
// finding, 1: a finding, 2: usage.
#include <charconv>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "events/base/mark.h"
#include "tests/simulation/program/campaign.h"

namespace kontor::test {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct Options {
  CampaignOptions campaign;
  bool marks = false;
};

double seconds_since(SteadyClock::time_point begin) {
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

bool read_number(std::string_view text, std::uint64_t& out) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc{} && read.ptr == text.data() + text.size();
}

std::optional<Options> read_options(const std::vector<std::string_view>& words) {
  Options out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--marks" || words[i] == "--trace") {
      (words[i] == "--marks" ? out.marks : out.campaign.trace) = true;
      continue;
    }
    std::uint64_t jobs = out.campaign.jobs;
    std::uint64_t* const wanted = words[i] == "--seeds"      ? &out.campaign.seeds
                                  : words[i] == "--first"    ? &out.campaign.first
                                  : words[i] == "--commands" ? &out.campaign.commands
                                  : words[i] == "--jobs"     ? &jobs
                                                             : nullptr;
    if (wanted == nullptr || i + 1 == words.size() || !read_number(words[i + 1], *wanted)) {
      std::cerr << "kontor_simulate: " << words[i] << " is no option, or lacks a number\n";
      return std::nullopt;
    }
    out.campaign.jobs = static_cast<unsigned>(jobs);
    ++i;
  }
  return out;
}

// On a terminal: one line that is written over.
class Progress {
 public:
  explicit Progress(const CampaignOptions& options) : options_(options) {}

  void tell(const CampaignState& state) {
    if (::isatty(STDERR_FILENO) == 0 || state.seeds_done == told_) return;
    told_ = state.seeds_done;
    const double seconds = seconds_since(begin_);
    const auto done = static_cast<double>(state.seeds_done);
    const double left = seconds / done * (static_cast<double>(options_.seeds) - done);
    std::fprintf(stderr, "\r%llu of %llu seeds, %.0f commands/s, %.0f s left   ",
                 static_cast<unsigned long long>(state.seeds_done),
                 static_cast<unsigned long long>(options_.seeds),
                 static_cast<double>(state.coverage.commands) / seconds, left);
  }
  void end() const {
    if (told_ > 0) std::fputs("\r\033[K", stderr);
  }
  double seconds() const { return seconds_since(begin_); }

 private:
  const CampaignOptions options_;
  const SteadyClock::time_point begin_ = SteadyClock::now();
  std::uint64_t told_ = 0;
};

void print_counts(std::string_view what, const std::map<std::string, std::uint64_t>& counts) {
  std::cout << what << ":";
  for (const auto& [name, count] : counts)
    std::cout << ' ' << name << ' ' << count;
  std::cout << '\n';
}

void print_coverage(const CampaignState& state, double seconds) {
  const Coverage& c = state.coverage;
  std::cout << "seeds " << state.seeds_done << "  commands " << c.commands << "  done " << c.done
            << "  refused " << c.refused << "  repeats " << c.repeats << "  reused ids "
            << c.reused_ids << "\nevents " << c.events << "  commits " << c.commits << "  replays "
            << c.replays << "  crashes " << c.crashes << "  sent again " << c.resent
            << "\nasked what became of an id " << c.resolves << "  fenced " << c.fenced
            << "  too old " << c.too_old << "  instead of sending again " << c.found_out
            << "\nshown to subscribers " << c.feed_events << "  marks " << c.feed_marks << "  cut "
            << c.feed_cuts << "  too slow " << c.feed_slow << "\nasked about the past "
            << c.past_questions << "  answered " << c.past_answers << "  by the model "
            << c.past_models << "  no room " << c.past_refused << "\nviews begun " << c.view_starts
            << "  died " << c.view_deaths << "  with their disk " << c.view_power_cuts
            << "  made again " << c.view_renewals << "  answers as stored " << c.view_stored
            << "  and folded on " << c.view_fresh << "\nsnapshots " << c.snapshots
            << "  starts from one " << c.snapshot_starts << "  seconds "
            << static_cast<std::uint64_t>(seconds) << "  commands/s "
            << static_cast<std::uint64_t>(static_cast<double>(c.commands) / seconds) << '\n';
  print_counts("done", c.kinds);
  print_counts("refused for", c.refusals);
}

void print_finding(const Finding& finding, const CampaignOptions& options) {
  std::cout << "FOUND: seed " << finding.seed << ", step " << finding.step << ": " << finding.what
            << "\n  at " << finding.command << "\n  again: ops/simulate --first " << finding.seed
            << " --seeds 1 --commands " << options.commands << '\n';
}

// Marks of the same name count together. Whether each was reached.
bool print_marks() {
  std::map<std::string, std::uint64_t> counts;
  for (const Mark& mark : all_marks())
    counts[mark.name] += mark.count.load();
  std::vector<std::string> never;
  std::cout << "marks\n";
  for (const auto& [name, count] : counts) {
    std::cout << "  " << count << "  " << name << '\n';
    if (count == 0) never.push_back(name);
  }
  for (const std::string& name : never)
    std::cout << "NEVER REACHED: " << name << " (more seeds, or a generator that gets there)\n";
  return never.empty();
}

int run(const Options& options) {
  Progress progress(options.campaign);
  Campaign campaign(options.campaign);
  const CampaignState state = campaign.run([&](const CampaignState& now) { progress.tell(now); });
  progress.end();
  print_coverage(state, progress.seconds());
  if (state.finding) print_finding(*state.finding, options.campaign);
  const bool reached = !options.marks || print_marks();
  return state.finding || !reached ? 1 : 0;
}

}  // namespace
}  // namespace kontor::test

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  const auto options = kontor::test::read_options(words);
  return options ? kontor::test::run(*options) : 2;
}
