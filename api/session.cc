#include "api/session.h"

#include <algorithm>

#include "wire_generated.h"

#include "api/frame_job.h"
#include "api/session_texts.h"
#include "api/wire.h"
#include "engine/shard_number.h"
#include "events/base/assert.h"
#include "events/base/limits.h"

namespace kontor {
namespace {

using flatbuffers::FlatBufferBuilder;

constexpr auto kRelaxed = std::memory_order_relaxed;

AlignedBuffer answer_frame(MessageType type, std::uint64_t request,
                           const FlatBufferBuilder& builder) {
  FrameHeader header;
  header.type = type;
  header.request = request;
  return make_frame(header, finished_bytes(builder));
}

wire::Limits told_limits() {
  return {static_cast<std::uint32_t>(limits::kFrameBytesMax),
          static_cast<std::uint32_t>(limits::kFrameCommandsMax),
          static_cast<std::uint32_t>(limits::kCommandBytesMax),
          static_cast<std::uint32_t>(limits::kConnectionUnansweredBytesMax),
          static_cast<std::uint32_t>(limits::kReasonsMax),
          static_cast<std::uint32_t>(limits::kLinesMax),
          static_cast<std::uint32_t>(limits::kTextBytesMax),
          static_cast<std::uint32_t>(kIdentifierBytesMax),
          limits::kOutcomesKept};
}

// What was left when the frame was sent, counted from now: the way here is the caller's to allow
// for.
std::optional<std::chrono::steady_clock::time_point> deadline_of(const FrameHeader& header) {
  if (header.deadline_ms == 0) return std::nullopt;
  return std::chrono::steady_clock::now() + std::chrono::milliseconds(header.deadline_ms);
}

ErrorText not_taken(StatusCode status) {
  if (status == StatusCode::kStopping) return kStoppingError;
  if (status == StatusCode::kOverloaded) return kOverloadedError;
  return {status, "the engine did not take this; see the server's log", kRetryAfterMs};
}

}  // namespace

bool SessionContext::knows(BookNumber book) {
  const bool is_server_book = local_book(book) == BookNumber{0};
  if (is_server_book) return shard_of(book) < engine.shard_count();
  if (std::binary_search(books.begin(), books.end(), book)) return true;
  books.clear();
  for (const BookInfo& info : engine.books())
    books.push_back(info.number);
  return std::binary_search(books.begin(), books.end(), book);
}

Session::Session(SessionContext& context, std::uint64_t id)
    : context_(context),
      id_(id),
      feeds_(context.feeds, id, context.handover,
             [this](AlignedBuffer frame) { send(std::move(frame)); }) {
}

void Session::send(AlignedBuffer frame) {
  unanswered_bytes_ += frame.size();
  unwritten_bytes_ += frame.size();
  outgoing_.push_back(std::move(frame));
  context_.counters.frames_out.fetch_add(1, kRelaxed);
}

void Session::on_written(std::size_t bytes) {
  KONTOR_ASSERT(bytes <= unanswered_bytes_);
  KONTOR_ASSERT(bytes <= unwritten_bytes_);
  unanswered_bytes_ -= bytes;
  unwritten_bytes_ -= bytes;
}

void Session::fail(std::uint64_t request, const ErrorText& error) {
  if (class_of(error.status) == StatusClass::kNotStarted) {
    context_.counters.not_taken.fetch_add(1, kRelaxed);
  }
  if (error.closes) {
    context_.counters.faults.fetch_add(1, kRelaxed);
    closing_ = true;
  }
  send(error_frame(request, error));
}

void Session::on_fault(FrameFault fault, std::uint64_t request) {
  const StatusCode status =
      fault == FrameFault::kTooLarge ? StatusCode::kTooLarge : StatusCode::kMalformed;
  fail(request, {status, frame_fault_text(fault), 0, true});
}

void Session::on_frame(Frame frame) {
  context_.counters.frames_in.fetch_add(1, kRelaxed);
  if (!greeted_ && frame.header.type != MessageType::kHello) {
    fail(frame.header.request,
         {StatusCode::kMalformed, "a connection begins with a hello", 0, true});
    return;
  }
  switch (frame.header.type) {
    case MessageType::kHello:
      return hello(frame);
    case MessageType::kSubmit:
      return submit(std::move(frame));
    case MessageType::kResolve:
      return resolve(std::move(frame));
    case MessageType::kQuery:
      return query(std::move(frame));
    case MessageType::kHealth:
      return health(frame);
    case MessageType::kSubscribe:
      return subscribe(frame);
    case MessageType::kGrant:
      return grant(frame);
    case MessageType::kCancel:
      return feeds_.cancel(frame.header.request);
    default:
      return fail(frame.header.request,
                  {StatusCode::kUnknownQuestion, "this server knows no such message type"});
  }
}

void Session::on_finished(Finished finished) {
  if (finished.feed != nullptr) return feeds_.on_part(std::move(finished));
  KONTOR_ASSERT(unanswered_ > 0);
  KONTOR_ASSERT(finished.request_bytes <= unanswered_bytes_);
  --unanswered_;
  unanswered_bytes_ -= finished.request_bytes;
  send(std::move(finished.frame));
}

void Session::hello(const Frame& frame) {
  const auto* const hello = verified_root<wire::Hello>(frame.body.bytes(), {});
  if (hello == nullptr) {
    return fail(frame.header.request, {StatusCode::kMalformed, "the body is no Hello", 0, true});
  }
  if (hello->protocol_min() > kProtocolVersion || hello->protocol_max() < kProtocolVersion) {
    return fail(frame.header.request,
                {StatusCode::kMalformed,
                 "this server speaks protocol version 1 only; use a matching client", 0, true});
  }
  FlatBufferBuilder builder(512);
  std::vector<flatbuffers::Offset<wire::Book>> books;
  context_.books.clear();
  for (const BookInfo& info : context_.engine.books()) {
    context_.books.push_back(info.number);
    books.push_back(wire::CreateBook(builder, info.number.value(), builder.CreateString(info.name),
                                     info.currency, info.last_sequence.value(),
                                     info.outcomes_kept));
  }
  const wire::Limits limits = told_limits();
  const auto server = builder.CreateString(context_.version);
  const auto principal = builder.CreateString("local");
  const auto books_at = builder.CreateVector(books);
  builder.Finish(
      wire::CreateHelloAnswer(builder, kProtocolVersion, server, principal, &limits, books_at));
  greeted_ = true;
  send(answer_frame(MessageType::kHelloAnswer, frame.header.request, builder));
}

// Frames in order: after one that was not taken none is, until the client begins again.
bool Session::takes(const FrameHeader& header) {
  if ((header.flags & kFlagResume) != 0) out_of_step_ = false;
  if (context_.stopping) {
    out_of_step_ = true;
    fail(header.request, kStoppingError);
    return false;
  }
  if (out_of_step_ && (header.flags & kFlagInOrder) != 0) {
    fail(header.request, kOutOfStepError);
    return false;
  }
  if (context_.knows(BookNumber{header.book})) return true;
  fail(header.request, kUnknownBookError);
  return false;
}

void Session::submit(Frame frame) {
  const FrameHeader header = frame.header;
  if (!takes(header)) return;
  auto job = std::make_unique<FrameJob>(id_, header.request, context_.handover);
  ErrorText error;
  if (!stage_frame(std::move(frame), *job, error)) return fail(header.request, error);
  context_.counters.commands.fetch_add(job->commands.size(), kRelaxed);
  if (hand_in(std::move(job), header) != StatusCode::kDone) out_of_step_ = true;
}

// Has no part in the order of submits: it only comes after those that were taken before it.
void Session::resolve(Frame frame) {
  const FrameHeader header = frame.header;
  if (context_.stopping) return fail(header.request, kStoppingError);
  if (!context_.knows(BookNumber{header.book})) return fail(header.request, kUnknownBookError);
  auto job = std::make_unique<FrameJob>(id_, header.request, context_.handover);
  ErrorText error;
  if (!stage_resolve(std::move(frame), *job, error)) return fail(header.request, error);
  context_.counters.resolves.fetch_add(job->commands.size(), kRelaxed);
  hand_in(std::move(job), header);
}

// Gives the job to the engine, or answers why it did not take it.
StatusCode Session::hand_in(std::unique_ptr<FrameJob> job, const FrameHeader& header) {
  const std::size_t bytes = job->bytes.size();
  if (!job->decidable()) {
    ++unanswered_;
    unanswered_bytes_ += bytes;
    job->answer_at_edge();
    return StatusCode::kDone;
  }
  job->deadline = deadline_of(header);
  std::unique_ptr<Submission> submission = std::move(job);
  const StatusCode taken = context_.engine.submit(submission);
  if (taken != StatusCode::kDone) {
    fail(header.request, not_taken(taken));
    return taken;
  }
  ++unanswered_;
  unanswered_bytes_ += bytes;
  return taken;
}

void Session::query(Frame frame) {
  const FrameHeader header = frame.header;
  if (verified_root<wire::QueryRequest>(frame.body.bytes(), {}) == nullptr) {
    return fail(header.request, {StatusCode::kMalformed, "the body is no QueryRequest", 0, true});
  }
  if (!context_.knows(BookNumber{header.book})) {
    return fail(header.request, kUnknownBookError);
  }
  context_.counters.queries.fetch_add(1, kRelaxed);
  const std::size_t bytes = frame.body.size();
  ++unanswered_;
  unanswered_bytes_ += bytes;
  auto done = [handover = context_.handover, id = id_, request = header.request,
               bytes](const AlignedBuffer& answer) {
    FrameHeader answer_header;
    answer_header.type = MessageType::kQueryAnswer;
    answer_header.request = request;
    handover->push({id, bytes, make_frame(answer_header, answer.bytes())});
  };
  context_.questions.answer(context_.engine, BookNumber{header.book}, std::move(frame.body),
                            std::move(done), deadline_of(header));
}

void Session::health(const Frame& frame) {
  const EngineStats stats = context_.engine.stats();
  FlatBufferBuilder builder(256);
  const auto message = builder.CreateString(context_.stopping ? "stopping" : "");
  const auto server = builder.CreateString(context_.version);
  builder.Finish(wire::CreateHealthAnswer(
      builder, !context_.stopping, message, server,
      static_cast<std::uint32_t>(context_.counters.connections.load(kRelaxed)),
      static_cast<std::uint32_t>(stats.inbox_commands), stats.commits));
  send(answer_frame(MessageType::kHealthAnswer, frame.header.request, builder));
}

}  // namespace kontor
