#include "api/frame_job.h"

#include "open_book_generated.h"
#include "wire_generated.h"

#include "api/clock/time_zone.h"
#include "api/wire.h"
#include "events/base/limits.h"
#include "events/codec/catalog.h"

namespace kontor {
namespace {

// A vector may name one table many times; this bounds the work of verifying, not what is taken.
constexpr std::size_t kTablesMax = 8 * limits::kFrameCommandsMax;

std::string_view view(const flatbuffers::String* text) {
  return text == nullptr ? std::string_view{} : std::string_view(text->data(), text->size());
}

bool is_optional_identifier(std::string_view text) {
  return text.empty() || is_identifier(text);
}

TraceContext read_trace(const wire::Trace* trace) {
  TraceContext context;
  if (trace == nullptr) return context;
  const std::uint64_t high = trace->trace_high();
  const std::uint64_t low = trace->trace_low();
  const std::uint64_t span = trace->span();
  std::memcpy(context.trace_id.data(), &high, sizeof high);
  std::memcpy(context.trace_id.data() + sizeof high, &low, sizeof low);
  std::memcpy(context.span_id.data(), &span, sizeof span);
  context.flags = trace->flags();
  return context;
}

bool is_effective_date(Date date) {
  static constexpr Date kFirst{-719'162};  // 0001-01-01
  static constexpr Date kLast{2'932'896};  // 9999-12-31
  return date == kNoDate || (kFirst <= date && date <= kLast);
}

struct Verdict {
  StatusCode status = StatusCode::kDone;
  std::string_view note;
};

Verdict check_texts(const CommandInput& command) {
  if (!is_identifier(command.id)) {
    return {StatusCode::kMalformed, "id: 1 to 64 bytes of UTF-8 without control characters"};
  }
  if (!is_optional_identifier(command.actor)) {
    return {StatusCode::kMalformed, "actor: at most 64 bytes of UTF-8 without control characters"};
  }
  if (!is_optional_identifier(command.on_behalf_of)) {
    return {StatusCode::kMalformed,
            "on_behalf_of: at most 64 bytes of UTF-8 without control characters"};
  }
  if (!is_optional_identifier(command.reason)) {
    return {StatusCode::kMalformed, "reason: at most 64 bytes of UTF-8 without control characters"};
  }
  if (!is_optional_identifier(command.correlation_id)) {
    return {StatusCode::kMalformed,
            "correlation_id: at most 64 bytes of UTF-8 without control characters"};
  }
  return {};
}

// What zones there are is the system's to know, not a decision's: asked here, before there is one.
Verdict check_zone(const OpenBook& command) {
  const std::string_view zone = view(command.time_zone());
  if (zone.empty() || TimeZone::load(zone, kZoneFolder)) return {};
  return {StatusCode::kMalformed,
          "time_zone: this system knows no such zone; an IANA name is wanted, as Europe/Berlin"};
}

Verdict check_command(BookNumber book, const CommandInput& command) {
  const Verdict texts = check_texts(command);
  if (texts.status != StatusCode::kDone) return texts;
  if (!is_effective_date(command.effective_date)) {
    return {StatusCode::kMalformed, "effective_date: the years 0001 to 9999"};
  }
  if (is_system_command(command.kind)) {
    return {StatusCode::kSystemCommand, "only the server itself makes this command"};
  }
  if (command_name(command.kind).empty() || command.version != 1) {
    return {StatusCode::kUnknownCommand, "this server knows no such command or version of one"};
  }
  const bool opens = command.kind == number_of<OpenBook>;
  if (opens != (book == BookNumber{0})) {
    return {StatusCode::kUnknownBook,
            opens ? "OpenBook goes to book 0" : "book 0 takes OpenBook only; name a business book"};
  }
  if (command.body.size() > limits::kCommandBytesMax) {
    return {StatusCode::kTooLarge, "the command's body is over the limit told in the hello"};
  }
  if (!verify_command(command.kind, command.body)) {
    return {StatusCode::kMalformed,
            "body: not a well-formed, 8-aligned FlatBuffers root of this command"};
  }
  return opens ? check_zone(*flatbuffers::GetRoot<OpenBook>(command.body.data())) : Verdict{};
}

CommandInput read_command(const wire::WireCommand& command) {
  CommandInput input;
  input.id = view(command.id());
  input.actor = view(command.actor());
  input.on_behalf_of = view(command.on_behalf_of());
  input.reason = view(command.reason());
  input.correlation_id = view(command.correlation_id());
  input.effective_date = Date{command.effective_date()};
  input.expected_version = command.expected_version();
  input.caused_by = command.caused_by();
  input.trace = read_trace(command.trace());
  input.kind = command.kind();
  input.version = command.version();
  input.body = std::as_bytes(std::span(command.body()->data(), command.body()->size()));
  return input;
}

// What a bad command leaves behind: nothing that others would read.
CommandInput rejected(StatusCode status) {
  CommandInput input;
  input.status = status;
  return input;
}

}  // namespace

class FrameStager {
 public:
  explicit FrameStager(FrameJob& job) : job_(job) {}

  void add(const wire::WireCommand& command) {
    CommandInput input = read_command(command);
    const Verdict verdict = check_command(job_.book, input);
    push(input, verdict);
  }

  void add(std::string_view id, Sequence since) {
    CommandInput input;
    input.id = id;
    input.kind = number_of<FenceCommand>;
    input.resolve = true;
    input.since = since;
    push(input, check_texts(input));
  }

  void answers_as(MessageType type) { job_.to_.type = type; }

 private:
  void push(const CommandInput& input, const Verdict& verdict) {
    if (verdict.status == StatusCode::kDone) {
      job_.decidable_ = true;
      job_.commands.push_back(input);
      return;
    }
    job_.notes_.push_back({static_cast<std::uint32_t>(job_.commands.size()), verdict.note});
    job_.commands.push_back(rejected(verdict.status));
  }

  FrameJob& job_;
};

void FrameJob::answer(std::span<const CommandResult> results) {
  deliver(submit_answer_frame(to_, results, notes_));
}

void FrameJob::deliver(AlignedBuffer frame) {
  handover_->push({session_, bytes.size(), std::move(frame)});
}

void FrameJob::answer_at_edge() {
  std::vector<CommandResult> results(commands.size());
  for (std::size_t i = 0; i < commands.size(); ++i)
    results[i].status = commands[i].status;
  answer(results);
}

bool stage_frame(Frame frame, FrameJob& job, ErrorText& error) {
  const auto* const request =
      verified_root<wire::SubmitRequest>(frame.body.bytes(), {.depth = 4, .tables = kTablesMax});
  if (request == nullptr) {
    error = {StatusCode::kMalformed, "the body is no SubmitRequest", 0, true};
    return false;
  }
  if (request->commands()->size() > limits::kFrameCommandsMax) {
    error = {StatusCode::kTooLarge, "more commands in the frame than the hello allows"};
    return false;
  }
  std::size_t body_bytes = 0;  // bodies that share bytes would cost more to check than to send
  for (const wire::WireCommand* command : *request->commands())
    body_bytes += command->body()->size();
  if (body_bytes > frame.body.size()) {
    error = {StatusCode::kMalformed, "bodies of commands share bytes of the frame", 0, true};
    return false;
  }
  job.book = BookNumber{frame.header.book};
  job.commands.reserve(request->commands()->size());
  FrameStager stager(job);
  for (const wire::WireCommand* command : *request->commands())
    stager.add(*command);
  job.bytes = std::move(frame.body);
  return true;
}

bool stage_resolve(Frame frame, FrameJob& job, ErrorText& error) {
  const auto* const request = verified_root<wire::ResolveRequest>(frame.body.bytes(), {});
  if (request == nullptr) {
    error = {StatusCode::kMalformed, "the body is no ResolveRequest", 0, true};
    return false;
  }
  if (request->ids()->size() > limits::kFrameCommandsMax) {
    error = {StatusCode::kTooLarge, "more ids in the frame than the hello allows commands"};
    return false;
  }
  job.book = BookNumber{frame.header.book};
  job.commands.reserve(request->ids()->size());
  FrameStager stager(job);
  stager.answers_as(MessageType::kResolveAnswer);
  for (const flatbuffers::String* id : *request->ids())
    stager.add(view(id), Sequence{request->since()});
  job.bytes = std::move(frame.body);
  return true;
}

}  // namespace kontor
