// kontor submit [FILE|-]: JSON lines in, answers out, everything in flight at once.
#include <array>
#include <atomic>
#include <fstream>
#include <istream>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "open_book_generated.h"

#include "api/cli/environment.h"
#include "api/cli/progress.h"
#include "api/cli/submit_stream.h"
#include "api/cli/verbs.h"
#include "api/cli/words.h"
#include "api/client/command_lines.h"
#include "events/codec/catalog.h"
#include "events/json/json.h"

namespace kontor::cli {
namespace {

constexpr std::size_t kLineBytesMax = 4U << 20;
constexpr std::size_t kAnswersWaitingMax = 65'536;

struct SubmitOptions {
  std::string file = "-";
};

// How many answers there were of each class. Counted on two threads.
struct Tally {
  std::array<std::atomic<std::uint64_t>, 5> by_class{};
  std::atomic<std::uint64_t> repeated = 0;

  std::atomic<std::uint64_t>& of(StatusCode code) {
    return by_class[static_cast<std::size_t>(class_of(code))];
  }
  std::uint64_t count(StatusClass c) const { return by_class[static_cast<std::size_t>(c)]; }

  int status() const {
    if (count(StatusClass::kMisuse) != 0) return kExitUsage;
    if (count(StatusClass::kNotStarted) + count(StatusClass::kUnknown) != 0) return kExitUnreached;
    return count(StatusClass::kRefused) != 0 ? kExitRefused : kExitDone;
  }
};

// One run over one input. The thread of run() reads; answers come on the client's.
class Submitting {
 public:
  Submitting(const Environment& env, Client& client)
      : env_(env), client_(client), answers_(env.out, kAnswersWaitingMax) {}

  Status run(std::istream& in);
  const Tally& tally() const { return tally_; }

 private:
  void take_line(const std::string& text);
  void send(const CommandText& command, const ServerBook& book);
  void open_book(const CommandText& command);
  void misuse(StatusCode code, std::string_view message, std::string_view text);
  void put(std::uint64_t place, std::string_view id, const Answer& answer);
  Result<ServerBook> book_of(const CommandText& command);

  const Environment& env_;
  Client& client_;
  OrderedAnswers answers_;
  Tally tally_;
  std::uint64_t line_ = 0;
  // Where lines go that name no book: --book, the only one, or the one opened last in the input.
  std::optional<Result<ServerBook>> target_;
  std::map<std::string, ServerBook, std::less<>> known_;
};

Status Submitting::run(std::istream& in) {
  Progress progress(env_.err, env_.err_terminal && !env_.out_terminal, "commands", 0);
  std::string text;
  for (;;) {
    const LineRead read = read_line(in, text, kLineBytesMax);
    if (read == LineRead::kEnd) break;
    if (read == LineRead::kFailed) {
      return Error{ErrorKind::kIo,
                   "the input could not be read on after line " + std::to_string(line_)};
    }
    ++line_;
    if (read == LineRead::kTooLong) {
      misuse(StatusCode::kTooLarge, "the line is longer than 4 MiB", {});
    } else if (text.find_first_not_of(" \t") != std::string::npos) {
      take_line(text);
    }
    progress.update(answers_.written());
  }
  answers_.finish();
  return {};
}

void Submitting::take_line(const std::string& text) {
  // Decimal money that names no currency is read in the one of the book the line goes to.
  JsonOptions options;
  if (!target_.has_value()) target_ = target_book(env_, client_);
  if (target_->ok()) options.default_currency = target_->value().currency;
  Result<CommandText> command = read_command_line(text, options);
  if (!command) return misuse(StatusCode::kMalformed, command.error().message, text);
  if (command->kind == number_of<OpenBook>) return open_book(*command);
  const Result<ServerBook> book = book_of(*command);
  if (!book) return misuse(StatusCode::kUnknownBook, book.error().message, text);
  if (!command->book.empty() && book->currency != options.default_currency) {
    options.default_currency = book->currency;
    command = read_command_json(text, options);
    if (!command) return misuse(StatusCode::kMalformed, command.error().message, text);
  }
  send(*command, *book);
}

Result<ServerBook> Submitting::book_of(const CommandText& command) {
  if (command.book.empty()) return *target_;
  if (const auto found = known_.find(command.book); found != known_.end()) return found->second;
  Result<ServerBook> book = client_.book(command.book);
  if (book) known_.emplace(command.book, *book);
  return book;
}

void Submitting::send(const CommandText& command, const ServerBook& book) {
  const std::uint64_t place = answers_.reserve();
  const Status sent =
      client_.submit(book.number, to_send(command),
                     [this, place, id = command.id](const Answer& a) { put(place, id, a); });
  if (sent) return;
  const bool usage = sent.error().kind == ErrorKind::kUsage;
  const StatusCode code = usage ? StatusCode::kMalformed : StatusCode::kStopping;
  ++tally_.of(code);
  answers_.put(place, misuse_json(status_word(code), line_, sent.error().message,
                                  write_command_json(command)));
}

// Book 0 decides it; the lines after it need the number it gave, so they wait.
void Submitting::open_book(const CommandText& command) {
  const std::uint64_t place = answers_.reserve();
  const Result<Client::Outcome> outcome = client_.submit_and_wait(BookNumber{0}, to_send(command));
  if (!outcome) {
    ++tally_.of(StatusCode::kConnectionLost);
    answers_.put(place, misuse_json(status_word(StatusCode::kConnectionLost), line_,
                                    outcome.error().message, write_command_json(command)));
  } else {
    ++tally_.of(outcome->status);
    if (outcome->repeated) ++tally_.repeated;
    answers_.put(place, outcome->json);
  }
  if (!env_.book.empty()) {
    target_ = target_book(env_, client_);  // it may be the one just opened
    return;
  }
  const auto* body = flatbuffers::GetRoot<OpenBook>(command.body.data());
  target_ = client_.book(body->book() != nullptr ? body->book()->string_view() : "");
}

void Submitting::put(std::uint64_t place, std::string_view id, const Answer& answer) {
  ++tally_.of(answer.status);
  if (answer.repeated) ++tally_.repeated;
  answers_.put(place, answer_json(id, answer));
}

void Submitting::misuse(StatusCode code, std::string_view message, std::string_view text) {
  ++tally_.of(code);
  answers_.put(answers_.reserve(), misuse_json(status_word(code), line_, message, text));
}

void print_summary(const Environment& env, const Tally& tally, double seconds) {
  static constexpr std::array<std::string_view, 5> kWords = {"done", "refused", "misuse",
                                                             "not started", "unknown"};
  std::uint64_t total = 0;
  std::string parts;
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    const std::uint64_t count = tally.by_class[i];
    total += count;
    if (count == 0) continue;
    if (!parts.empty()) parts += ", ";
    parts += with_thousands(count) + " " + std::string(kWords[i]);
  }
  if (tally.repeated != 0) parts += ", of these " + with_thousands(tally.repeated) + " repeated";
  env.err << with_thousands(total) << (total == 1 ? " command" : " commands")
          << (parts.empty() ? "" : ": ") << parts << "; " << duration_text(seconds) << '\n';
}

int run_submit(const Environment& env, const SubmitOptions& options) {
  std::ifstream file;
  if (options.file != "-") {
    file.open(options.file, std::ios::binary);
    if (!file) {
      return fail(env, {ErrorKind::kUsage, options.file + ": cannot be read; give a file of JSON "
                                                          "lines, or - for standard input"});
    }
  }
  Result<std::unique_ptr<Client>> client = connect(env);
  if (!client) return fail(env, client.error());
  const Progress clock(env.err, false, "", 0);
  Submitting submitting(env, **client);
  const Status read = submitting.run(options.file == "-" ? env.in : file);
  (*client)->close();
  if (!read) return fail(env, read.error());
  print_summary(env, submitting.tally(), clock.seconds());
  return submitting.tally().status();
}

}  // namespace

void add_submit(CLI::App& program, Environment& env, int& status) {
  auto options = std::make_shared<SubmitOptions>();
  CLI::App* verb = program.add_subcommand("submit", "Send commands: JSON lines, one command each");
  verb->add_option("FILE", options->file, "File of JSON lines; - is standard input")
      ->capture_default_str();
  verb->footer(
      "One answer line per command on stdout, in the order of the file. Sending a file again "
      "changes\n"
      "nothing and answers the same. A file may open its own book: lines after it go there.\n"
      "Example:\n"
      "  echo '{\"id\": \"p-1\", \"RecordPayment\": {\"payment\": \"P-1\", \"payer\": \"acme\",\n"
      "         \"amount\": \"120.00\"}}' | kontor --book shop submit -");
  verb->callback([&env, &status, options] { status = run_submit(env, *options); });
}

}  // namespace kontor::cli
