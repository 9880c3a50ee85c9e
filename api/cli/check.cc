// kontor check FILE|-: what commands would come to, one after another, each by itself at the book's
// present. Nothing is written.
#include <fstream>
#include <istream>
#include <memory>
#include <ostream>
#include <string>

#include <CLI/CLI.hpp>

#include "api/cli/environment.h"
#include "api/cli/questions.h"
#include "api/cli/submit_stream.h"
#include "api/cli/verbs.h"
#include "api/client/command_lines.h"

namespace kontor::cli {
namespace {

constexpr std::size_t kLineBytesMax = 4U << 20;

// The worst of the answers, as `kontor submit` tells it.
class ExitStatus {
 public:
  void see(StatusCode status) {
    switch (class_of(status)) {
      case StatusClass::kDone:
        break;
      case StatusClass::kRefused:
        refused_ = true;
        break;
      case StatusClass::kMisuse:
        misuse_ = true;
        break;
      default:
        unreached_ = true;
    }
  }
  int value() const {
    if (misuse_) return kExitUsage;
    if (unreached_) return kExitUnreached;
    return refused_ ? kExitRefused : kExitDone;
  }

 private:
  bool misuse_ = false;
  bool unreached_ = false;
  bool refused_ = false;
};

class Checking {
 public:
  Checking(const Environment& env, Asking& asking) : env_(env), asking_(asking) {}

  void line(std::uint64_t number, const std::string& text) {
    JsonOptions options;
    options.default_currency = asking_.book.currency;
    const Result<CommandText> command = read_check_line(text, options);
    if (!command) return misuse(number, command.error().message, text);
    if (!command->book.empty() && command->book != asking_.book.name) {
      return misuse(number, "book: one run checks one book, here '" + asking_.book.name + "'",
                    text);
    }
    const Result<QueryResult> answer =
        asking_.client->ask(asking_.book.number, check_query(*command));
    if (!answer) {
      status_.see(StatusCode::kConnectionLost);
      env_.out << misuse_json(status_word(StatusCode::kConnectionLost), number,
                              answer.error().message, text)
               << '\n';
      return;
    }
    status_.see(check_status(*answer));
    env_.out << check_json(*command, *answer) << '\n';
  }
  int status() const { return status_.value(); }

 private:
  void misuse(std::uint64_t number, const std::string& why, const std::string& text) {
    status_.see(StatusCode::kMalformed);
    env_.out << misuse_json(status_word(StatusCode::kMalformed), number, why, text) << '\n';
  }

  const Environment& env_;
  Asking& asking_;
  ExitStatus status_;
};

int run_check(const Environment& env, const std::string& name) {
  std::ifstream file;
  if (name != "-") {
    file.open(name, std::ios::binary);
    if (!file) {
      return fail(env, {ErrorKind::kUsage, name + ": cannot be read; give a file of JSON lines, or "
                                                  "- for standard input"});
    }
  }
  std::istream& in = name == "-" ? env.in : file;
  Result<Asking> asking = begin_asking(env);
  if (!asking) return fail(env, asking.error());
  Checking checking(env, *asking);
  std::string text;
  for (std::uint64_t number = 1;; ++number) {
    const LineRead read = read_line(in, text, kLineBytesMax);
    if (read == LineRead::kEnd) return checking.status();
    if (read != LineRead::kLine) {
      return fail(env, {ErrorKind::kIo, "line " + std::to_string(number) +
                                            " cannot be read, or is longer than 4 MiB"});
    }
    if (text.find_first_not_of(" \t") != std::string::npos) checking.line(number, text);
  }
}

}  // namespace

void add_check(CLI::App& program, Environment& env, int& status) {
  auto name = std::make_shared<std::string>("-");
  CLI::App* verb = program.add_subcommand(
      "check", "What orders would come to if they were placed now; nothing is written");
  verb->add_option("FILE", *name, "File of JSON lines; - is standard input")->capture_default_str();
  verb->footer(
      "Takes PlaceOrder, and CheckOrder, which says the same; each is checked by itself. One "
      "answer\n"
      "line per command: refused with all reasons, approved or asking people, held or not, with\n"
      "totals, taxes and the parts each line could have now. Exit status as `kontor submit`.\n"
      "Example:\n"
      "  echo '{\"CheckOrder\": {\"order\": \"O-1\", \"company\": \"acme\",\n"
      "         \"lines\": [{\"item\": \"bolt\", \"quantity\": 5}]}}' | kontor --book shop check "
      "-");
  verb->callback([&env, &status, name] { status = run_check(env, *name); });
}

}  // namespace kontor::cli
