// The client's I/O thread: what is sent when, and what becomes of it.
#include "api/client/client_core.h"

#include <algorithm>

#include "events/base/assert.h"

namespace kontor {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

// A frame still being filled is held back while this many are on their way: fuller frames cost
// less.
constexpr std::size_t kFramesBeforeFilling = 4;
constexpr std::size_t kGatherFrames = 16;

std::vector<Answer> same_for_all(std::size_t count, StatusCode status, std::string_view message) {
  Answer answer;
  answer.status = status;
  answer.message = message;
  return std::vector<Answer>(count, answer);
}

bool any_not_started(std::span<const Answer> answers) {
  return std::any_of(answers.begin(), answers.end(), [](const Answer& answer) {
    return class_of(answer.status) == StatusClass::kNotStarted;
  });
}

}  // namespace

void Request::seal(std::uint16_t flags, Clock::time_point now) {
  if (!sealed) {
    const std::span<const std::byte> bytes = body_bytes();
    header.type = type;
    header.request = number;
    header.book = book.value();
    header.body_bytes = static_cast<std::uint32_t>(bytes.size());
    header.body_crc = crc32c(bytes);
    sealed = true;
  }
  header.flags = flags;
  const auto left = duration_cast<milliseconds>(start_by - now).count();
  header.deadline_ms = static_cast<std::uint32_t>(std::clamp<std::int64_t>(left, 1, UINT32_MAX));
  header_bytes = seal_header(header);
}

ClientCore::ClientCore(ClientOptions options)
    : options_(std::move(options)),
      link_(io_, *this, options_),
      ticker_(io_),
      pause_(io_),
      backoff_(options_.backoff_first) {
}

// ---- sending
// ---------------------------------------------------------------------------------------

void ClientCore::on_ready(const ServerInfo& server) {
  backoff_ = options_.backoff_first;
  connected_once_ = true;
  resume_ = false;  // a new connection is in step
  holding_ = false;
  learn(server);
  {
    const std::lock_guard lock(mutex_);
    server_ = server;
    greeted_ = true;
  }
  changed_.notify_all();
  pump();
}

ClientCore::RequestPtr ClientCore::next_again() {
  while (!again_.empty() && again_.front()->about && again_.front()->about->finished)
    again_.pop_front();  // nobody waits for it any more
  if (again_.empty()) return nullptr;
  RequestPtr request = std::move(again_.front());
  again_.pop_front();
  return request;
}

bool ClientCore::worth_sending(const Request& front) const {
  const bool filling = front.is_submit() && !front.on_all && queue_.size() == 1 &&
                       front.count() < options_.frame_commands;
  return !filling || in_flight_.size() < kFramesBeforeFilling;
}

ClientCore::RequestPtr ClientCore::next_queued() {
  const std::lock_guard lock(mutex_);
  if (queue_.empty() || !worth_sending(*queue_.front())) {
    hungry_ = queue_.empty();
    waits_for_fuller_ = !queue_.empty();
    return nullptr;
  }
  RequestPtr request = std::move(queue_.front());
  queue_.pop_front();
  const bool was_full = queued_bytes_ >= options_.queued_bytes;
  queued_bytes_ -= request->bytes();
  if (was_full) changed_.notify_all();
  return request;
}

// Takes what may be sent now, in order.
void ClientCore::collect(std::vector<RequestPtr>& out) {
  if (holding_) {
    const bool waits = std::any_of(in_flight_.begin(), in_flight_.end(),
                                   [](const RequestPtr& request) { return request->is_submit(); });
    if (waits || paused_) return;
    holding_ = false;
    resume_ = true;
  }
  while (in_flight_.size() + out.size() < options_.frames_in_flight && out.size() < kGatherFrames) {
    RequestPtr request = next_again();
    if (request == nullptr) request = next_queued();
    if (request == nullptr) return;
    out.push_back(std::move(request));
  }
}

void ClientCore::pump() {
  if (!link_.ready()) return reconnect();
  if (link_.writing()) return;
  collect(writing_);
  if (writing_.empty()) return;
  gather_.clear();
  const auto now = Clock::now();
  for (const RequestPtr& request : writing_) {
    std::uint16_t flags = 0;
    if (request->is_submit()) {
      if (!request->tried) request->since = positions_[request->book];
      request->tried = true;
      flags = resume_ ? kFlagInOrder | kFlagResume : kFlagInOrder;
      resume_ = false;
    }
    request->seal(flags, now);
    gather_.emplace_back(boost::asio::buffer(request->header_bytes));
    const std::span<const std::byte> body = request->body_bytes();
    gather_.emplace_back(body.data(), body.size());
    in_flight_.push_back(request);
  }
  link_.write(gather_);
}

void ClientCore::on_written() {
  writing_.clear();
  pump();
}

void ClientCore::reconnect() {
  if (!link_.idle() || waiting_ || !connected_once_) return;
  waiting_ = true;
  pause_.expires_after(backoff_);
  backoff_ = std::min(backoff_ * 2, options_.backoff_max);
  pause_.async_wait([this](const boost::system::error_code& error) {
    waiting_ = false;
    if (!error && link_.idle()) link_.open();
  });
}

void ClientCore::on_lost(const std::string& why) {
  last_error_ = why;
  writing_.clear();
  if (!connected_once_) {
    {
      const std::lock_guard lock(mutex_);
      failed_ = true;
      first_error_ = why;
    }
    changed_.notify_all();
    return;
  }
  for (RequestPtr& request : in_flight_) {
    request->lost = true;
    again_.push_back(std::move(request));
  }
  in_flight_.clear();
  std::sort(again_.begin(), again_.end(),
            [](const RequestPtr& a, const RequestPtr& b) { return a->number < b->number; });
  paused_ = false;
  bool wanted = !again_.empty();
  {
    const std::lock_guard lock(mutex_);
    hungry_ = queue_.empty();
    wanted = wanted || !queue_.empty();
  }
  if (wanted) reconnect();
}

// ---- answers
// ---------------------------------------------------------------------------------------

ClientCore::RequestPtr ClientCore::take_in_flight(std::size_t index) {
  RequestPtr request = std::move(in_flight_[index]);
  in_flight_.erase(in_flight_.begin() + static_cast<std::ptrdiff_t>(index));
  return request;
}

void ClientCore::on_frame(const Frame& frame) {
  const auto found = std::find_if(
      in_flight_.begin(), in_flight_.end(),
      [&](const RequestPtr& request) { return request->number == frame.header.request; });
  if (found == in_flight_.end()) return on_late_answer(frame);
  const auto index = static_cast<std::size_t>(found - in_flight_.begin());
  if (frame.header.type == MessageType::kErrorAnswer) return on_error(index, frame);
  const auto asked = static_cast<std::uint16_t>((*found)->type);
  if (static_cast<std::uint16_t>(frame.header.type) != asked + 1) {
    return link_.lose("an answer of another type than its request");
  }
  if ((*found)->is_submit()) return on_answers(index, frame);
  if ((*found)->about) return on_resolved(index, frame);
  on_reply(index, frame);
}

void ClientCore::on_answers(std::size_t index, const Frame& frame) {
  if (!read_answers(frame.body.bytes(), in_flight_[index]->count(), answers_)) {
    return link_.lose("an answer that cannot be read; is the server of a newer version?");
  }
  if (any_not_started(answers_)) {
    const auto late = std::find_if(answers_.begin(), answers_.end(), [](const Answer& answer) {
      return class_of(answer.status) == StatusClass::kNotStarted;
    });
    const std::uint32_t pause_ms = std::max<std::uint32_t>(late->retry_after_ms, 1);
    if (Clock::now() + milliseconds(pause_ms) < in_flight_[index]->start_by) {
      return again(index, late->status, late->message, pause_ms);
    }
  }
  if (ask_about_unsettled(index, frame)) return;
  learn(*in_flight_[index], answers_);
  finish(take_in_flight(index), answers_);
}

void ClientCore::on_error(std::size_t index, const Frame& frame) {
  const ErrorSaid error = read_error_answer(frame.body.bytes());
  const bool not_started = class_of(error.status) == StatusClass::kNotStarted;
  const std::uint32_t pause_ms = std::max<std::uint32_t>(error.retry_after_ms, 1);
  if (not_started && Clock::now() + milliseconds(pause_ms) < in_flight_[index]->start_by) {
    return again(index, error.status, error.message, pause_ms);
  }
  RequestPtr request = take_in_flight(index);
  if (request->about) {  // who asked for it goes on waiting for an answer of its own
    request->about->why = error.message;
    return;
  }
  const bool unknown = class_of(error.status) == StatusClass::kUnknown;
  if (request->is_submit() && (unknown || (not_started && request->lost))) {
    return ask_about(std::move(request), {});
  }
  give_up(request, error.status, error.message);
}

void ClientCore::on_reply(std::size_t index, const Frame& frame) {
  const RequestPtr request = take_in_flight(index);
  request->on_reply(StatusCode::kDone, &frame, {});
  one_less();
}

// Not taken: after the others in flight are answered, and a pause, it goes out again in its place.
void ClientCore::again(std::size_t index, StatusCode status, std::string_view why,
                       std::uint32_t pause_ms) {
  RequestPtr request = take_in_flight(index);
  request->last = status;
  request->why = why;
  const auto place = std::find_if(again_.begin(), again_.end(), [&](const RequestPtr& other) {
    return other->number > request->number;
  });
  again_.insert(place, std::move(request));
  holding_ = true;
  if (paused_) return;
  paused_ = true;
  pause_.expires_after(milliseconds(pause_ms));
  pause_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    paused_ = false;
    pump();
  });
}

void ClientCore::finish(const RequestPtr& request, std::span<const Answer> answers) {
  KONTOR_ASSERT(answers.size() == request->count());
  request->finished = true;
  if (request->on_all) {
    request->on_all(answers);
  } else {
    KONTOR_ASSERT(request->on_each.size() == answers.size());
    for (std::size_t i = 0; i < answers.size(); ++i)
      request->on_each[i](answers[i]);
  }
  one_less();
}

void ClientCore::give_up(const RequestPtr& request, StatusCode status, const std::string& why) {
  if (request->is_submit()) {
    const std::size_t count = request->count();
    return finish(request, same_for_all(count, status, why));
  }
  request->on_reply(status, nullptr, why);
  one_less();
}

void ClientCore::one_less() {
  bool idle = false;
  {
    const std::lock_guard lock(mutex_);
    KONTOR_ASSERT(open_requests_ > 0);
    idle = --open_requests_ == 0;
  }
  if (idle) changed_.notify_all();
}

// ---- deadlines and the end
// ---------------------------------------------------------------------------

void ClientCore::tick() {
  ticker_.expires_after(std::clamp(options_.deadline / 8, milliseconds(2), milliseconds(50)));
  ticker_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    expire(Clock::now());
    tick();
  });
}

// Begins no more tries of what is late. What of it was sent is asked about, as long as the deadline
// lets it; the rest was not started.
void ClientCore::expire(Clock::time_point now) {
  std::vector<RequestPtr> late;
  const auto move_late = [&late, now](auto& from) {
    for (RequestPtr& request : from) {
      if (request->start_by <= now) late.push_back(std::move(request));
    }
    std::erase(from, nullptr);
  };
  for (const RequestPtr& request : in_flight_)
    request->lost = request->lost || request->start_by <= now;  // sent, and no answer
  move_late(in_flight_);
  move_late(again_);
  {
    const std::lock_guard lock(mutex_);
    for (const RequestPtr& request : queue_) {
      if (request->start_by <= now) queued_bytes_ -= request->bytes();
    }
    move_late(queue_);
  }
  for (RequestPtr& request : late) {
    if (request->about) continue;
    if (request->is_submit() && request->lost && request->deadline > now) {
      ask_about(std::move(request), {});
    } else {
      give_up_unsent(std::move(request));
    }
  }
  expire_unresolved(now);
  if (late.empty()) return;
  changed_.notify_all();
  pump();
}

void ClientCore::expire_unresolved(Clock::time_point now) {
  std::vector<RequestPtr> late;
  for (RequestPtr& request : unresolved_) {
    if (request->deadline <= now) late.push_back(std::move(request));
  }
  std::erase(unresolved_, nullptr);
  for (RequestPtr& request : late)
    give_up_unsent(std::move(request));
}

// Its deadline passed while it waited: for its first try, or for another, or for an answer.
void ClientCore::give_up_unsent(RequestPtr request) {
  if (request->lost) {
    const std::string& why = request->why.empty() ? last_error_ : request->why;
    std::string message = "no answer within the deadline" + (why.empty() ? "" : " (" + why + ")");
    if (request->is_submit()) {
      message += "; what became of it is unknown: resolve it, or send the same id again";
    }
    return give_up(request, StatusCode::kConnectionLost, message);
  }
  const StatusCode status = request->last;
  const std::string why = request->why.empty() ? "not sent within the deadline: " + last_error_
                                               : "not taken within the deadline: " + request->why;
  give_up(request, status, why);
}

void ClientCore::end_all() {
  link_.close();
  ticker_.cancel();
  pause_.cancel();
  std::vector<RequestPtr> sent = std::move(in_flight_);
  in_flight_.clear();
  std::deque<RequestPtr> unsent = std::move(again_);
  again_.clear();
  sent.insert(sent.end(), unresolved_.begin(), unresolved_.end());
  unresolved_.clear();
  {
    const std::lock_guard lock(mutex_);
    for (RequestPtr& request : queue_)
      unsent.push_back(std::move(request));
    queue_.clear();
    queued_bytes_ = 0;
  }
  const auto of_ours = [](const RequestPtr& request) { return request->about != nullptr; };
  std::erase_if(sent, of_ours);
  std::erase_if(unsent, of_ours);
  for (RequestPtr& request : sent) {
    give_up(request, StatusCode::kConnectionLost,
            "the client was closed before the answer came; send the same id again");
  }
  for (RequestPtr& request : unsent) {
    const StatusCode status = request->lost ? StatusCode::kConnectionLost : StatusCode::kStopping;
    give_up(request, status, "the client was closed");
  }
}

}  // namespace kontor
