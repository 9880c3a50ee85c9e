#include "api/web/commands.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "api/client/answers.h"
#include "api/client/command_lines.h"
#include "api/client/submit_builder.h"
#include "api/frame_job.h"
#include "api/web/command_texts.h"
#include "api/web/problem.h"
#include "events/base/limits.h"
#include "events/codec/catalog.h"

namespace kontor {
namespace {

// One command of a request: what it was answered at the edge, or its id; the engine's answers come
// in the order of those without an early one.
struct Posted {
  std::string id;
  std::optional<StatusCode> early;
  std::string json;  // the early answer
  std::string why;
};

struct Request {
  BodyForm form = BodyForm::kOne;
  std::vector<Posted> commands;
};
using RequestPtr = std::shared_ptr<const Request>;

constexpr std::string_view kBusy = "more work waits than may; send the same again after a pause";
constexpr std::string_view kStops = "the server is stopping; send the same again to its successor";

HttpReply reply_of(BodyForm form, std::vector<std::string> answers) {
  HttpReply reply;
  reply.content_type = form == BodyForm::kLines ? "application/x-ndjson" : "application/json";
  if (form == BodyForm::kArray) reply.body = "[";
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (form == BodyForm::kArray && i > 0) reply.body += ',';
    reply.body += answers[i];
    if (form != BodyForm::kArray) reply.body += '\n';
  }
  if (form == BodyForm::kArray) reply.body += "]\n";
  return reply;
}

bool is_decided(StatusCode status) {
  const StatusClass is = class_of(status);
  return is == StatusClass::kDone || is == StatusClass::kRefused;
}

HttpReply not_decided(std::string_view id, const Answer& answer) {
  const std::string json = answer_json(id, answer);
  ProblemText text;
  text.status = answer.status;
  text.detail = answer.message.empty() ? status_word(answer.status) : answer.message;
  text.retry_after_ms = answer.retry_after_ms;
  text.answer = json;
  return problem(text);
}

// The answers to those that went to the engine, and the early ones in their places.
HttpReply render(const Request& request, std::span<const Answer> answers) {
  if (request.form == BodyForm::kOne && !is_decided(answers.front().status)) {
    return not_decided(request.commands.front().id, answers.front());
  }
  const bool none_begun =
      !answers.empty() && std::all_of(answers.begin(), answers.end(), [](const Answer& answer) {
        return class_of(answer.status) == StatusClass::kNotStarted;
      });
  if (none_begun) return not_decided(request.commands.front().id, answers.front());
  std::vector<std::string> lines;
  lines.reserve(request.commands.size());
  std::size_t next = 0;
  for (const Posted& command : request.commands) {
    lines.push_back(command.early ? command.json : answer_json(command.id, answers[next++]));
  }
  return reply_of(request.form, std::move(lines));
}

// Goes through the engine as a frame of the TCP side does; its answer is read as a client reads it.
class PostedJob final : public FrameJob {
 public:
  PostedJob(RequestPtr request, HttpDone done)
      : FrameJob(0, 0, nullptr), request_(std::move(request)), done_(std::move(done)) {}

 private:
  void deliver(AlignedBuffer frame) override {
    done_([request = request_, count = commands.size(),
           kept = std::make_shared<AlignedBuffer>(std::move(frame))] {
      std::vector<Answer> answers;
      const AlignedBuffer body(kept->bytes().subspan(sizeof(FrameHeader)));
      const bool read = read_answers(body.bytes(), count, answers);
      KONTOR_ASSERT(read);  // our own bytes
      return render(*request, answers);
    });
  }

  RequestPtr request_;
  HttpDone done_;
};

class Poster {
 public:
  Poster(Engine& engine, const CommandsTo& to) : engine_(engine), to_(to) {}

  void add(const CommandPiece& piece);
  void send(std::chrono::milliseconds time, const HttpDone& done);

  Request request;

 private:
  Status check(const CommandText& command) const;
  void early(StatusCode status, std::string_view why, const CommandPiece& piece);

  Engine& engine_;
  const CommandsTo& to_;
  std::optional<SubmitFrame::Builder> frame_;
};

Status Poster::check(const CommandText& command) const {
  const bool opens = command.kind == number_of<OpenBook>;
  if (opens && to_.book != BookNumber{0}) {
    return Error{ErrorKind::kUsage, "OpenBook goes to POST /v1/books"};
  }
  if (!opens && to_.book == BookNumber{0}) {
    return Error{ErrorKind::kUsage,
                 "POST /v1/books takes OpenBook only; the others go to /v1/books/NAME/commands"};
  }
  if (!command.book.empty() && !opens && command.book != to_.name) {
    return Error{ErrorKind::kUsage,
                 "book: '" + command.book + "' is not the book of the path, '" + to_.name + "'"};
  }
  return {};
}

void Poster::early(StatusCode status, std::string_view why, const CommandPiece& piece) {
  Posted posted;
  posted.early = status;
  posted.why = why;
  posted.json = misuse_json(status_word(status), piece.line, why, piece.text);
  request.commands.push_back(std::move(posted));
}

void Poster::add(const CommandPiece& piece) {
  JsonOptions options;
  options.default_currency = to_.currency;
  const Result<CommandText> command = read_command_line(piece.text, options);
  if (!command) return early(StatusCode::kMalformed, command.error().message, piece);
  if (const Status fits = check(*command); !fits) {
    return early(StatusCode::kUnknownBook, fits.error().message, piece);
  }
  if (!frame_) frame_.emplace(to_.book, limits::kFrameCommandsMax, limits::kFrameBytesMax);
  frame_->add(to_send(*command));
  Posted posted;
  posted.id = command->id;
  request.commands.push_back(std::move(posted));
}

void Poster::send(std::chrono::milliseconds time, const HttpDone& done) {
  const RequestPtr posted = std::make_shared<const Request>(std::move(request));
  if (!frame_) {
    return done([posted] { return render(*posted, {}); });
  }
  Frame frame;
  frame.header.book = to_.book.value();
  frame.body = AlignedBuffer(frame_->finish());
  auto job = std::make_unique<PostedJob>(posted, done);
  ErrorText error;
  if (!stage_frame(std::move(frame), *job, error)) {
    return done([status = error.status, why = std::string(error.message)] {
      return problem(ProblemText{.status = status, .detail = why});
    });
  }
  if (!job->decidable()) return job->answer_at_edge();
  job->deadline = std::chrono::steady_clock::now() + time;
  std::unique_ptr<Submission> submission = std::move(job);
  const StatusCode taken = engine_.submit(submission);
  if (taken == StatusCode::kDone) return;
  done([taken] {
    return problem(ProblemText{
        .status = taken,
        .detail = taken == StatusCode::kStopping ? kStops : kBusy,
        .retry_after_ms = taken == StatusCode::kStopping ? kRetryAfterStoppingMs : kRetryAfterMs});
  });
}

}  // namespace

void post_commands(Engine& engine, const CommandsTo& to, const HttpRequest& request,
                   std::chrono::milliseconds time, const HttpDone& done) {
  const Result<CommandPieces> pieces = cut_commands(request.content_type, request.body);
  if (!pieces) {
    return done([error = pieces.error()] {
      if (error.kind == ErrorKind::kUsage) {
        return problem(415, "Unsupported Media Type", error.message);
      }
      return problem(ProblemText{.status = StatusCode::kMalformed, .detail = error.message});
    });
  }
  if (pieces->pieces.size() > limits::kFrameCommandsMax) {
    return done([] {
      static const std::string kWhy =
          "at most " + std::to_string(limits::kFrameCommandsMax) + " commands at a time";
      return problem(ProblemText{.status = StatusCode::kTooLarge, .detail = kWhy});
    });
  }
  Poster poster(engine, to);
  poster.request.form = pieces->form;
  for (const CommandPiece& piece : pieces->pieces)
    poster.add(piece);
  const auto& commands = poster.request.commands;
  if (pieces->form == BodyForm::kOne && commands.front().early) {
    return done([status = *commands.front().early, why = commands.front().why] {
      return problem(ProblemText{.status = status, .detail = why});
    });
  }
  poster.send(time, done);
}

}  // namespace kontor
