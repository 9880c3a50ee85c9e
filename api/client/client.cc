// The callers' side of the client: the queue, and the blocking twins.
#include "api/client/client.h"

#include <future>

#include <boost/asio/post.hpp>
#include <pthread.h>

#include "api/address.h"
#include "api/client/client_core.h"
#include "api/client/query_bytes.h"
#include "events/base/limits.h"

namespace kontor {
namespace {

Error no_id() {
  return {ErrorKind::kUsage,
          "a command without a proper id is not sent; make one (1 to 64 bytes) and keep it"};
}

Error is_closed() {
  return {ErrorKind::kUnavailable, "the client is closed"};
}

QueryResult query_result(StatusCode status, const Frame* frame, std::string message) {
  if (frame != nullptr) return read_query_answer(frame->body.bytes());
  QueryResult result;
  result.status = status;
  result.message = std::move(message);
  return result;
}

Client::Outcome to_outcome(std::string_view id, const Answer& answer) {
  Client::Outcome outcome;
  outcome.status = answer.status;
  outcome.repeated = answer.repeated;
  outcome.sequence = answer.sequence;
  outcome.recorded_at = answer.recorded_at;
  outcome.events.assign(answer.events.begin(), answer.events.end());
  outcome.json = answer_json(id, answer);
  return outcome;
}

}  // namespace

Status parse_server(std::string_view text, ClientOptions& options) {
  auto parsed = parse_host_port(text, {options.host, options.port});
  if (!parsed) return parsed.error();
  options.host = std::move(parsed->host);
  options.port = std::move(parsed->port);
  return {};
}

Result<std::unique_ptr<Client>> Client::connect(ClientOptions options) {
  auto core = std::make_unique<ClientCore>(std::move(options));
  const Status started = core->start();
  if (!started) return started.error();
  return std::unique_ptr<Client>(std::move(core));
}

ClientCore::RequestPtr ClientCore::make_request(MessageType type, BookNumber book) const {
  auto request = std::make_shared<Request>();
  request->type = type;
  request->book = book;
  request->deadline = Clock::now() + options_.deadline;
  request->start_by = request->deadline;
  if (request->is_submit()) {
    request->start_by -= std::min(options_.resolve_time, options_.deadline / 4);
  }
  return request;
}

// False: closed while waiting. On the I/O thread nobody waits: it is what makes room.
bool ClientCore::wait_for_room(std::unique_lock<std::mutex>& lock) {
  if (std::this_thread::get_id() != io_thread_) {
    changed_.wait(lock, [this] { return closed_ || queued_bytes_ < options_.queued_bytes; });
  }
  return !closed_;
}

void ClientCore::wake(std::unique_lock<std::mutex>& lock) {
  const bool fuller = queue_.size() > 1 || queue_.front()->on_all ||
                      queue_.front()->count() >= options_.frame_commands;
  const bool post = hungry_ || (waits_for_fuller_ && fuller);
  if (post) hungry_ = waits_for_fuller_ = false;
  lock.unlock();
  if (post) boost::asio::post(io_, [this] { pump(); });
}

Status ClientCore::enqueue(RequestPtr request) {
  std::unique_lock lock(mutex_);
  if (!wait_for_room(lock)) return is_closed();
  request->number = next_number_++;
  queued_bytes_ += request->bytes();
  ++open_requests_;
  queue_.push_back(std::move(request));
  wake(lock);
  return {};
}

Status ClientCore::submit(BookNumber book, const CommandToSend& command, OnAnswer on_answer) {
  if (!is_identifier(command.id)) return no_id();
  if (command.body.size() > limits::kCommandBytesMax) {
    return Error{ErrorKind::kUsage, "the command's body is over the limit of 512 KiB; split it"};
  }
  std::unique_lock lock(mutex_);
  if (!wait_for_room(lock)) return is_closed();
  Request* open = queue_.empty() ? nullptr : queue_.back().get();
  const bool joins = open != nullptr && open->is_submit() && !open->on_all && open->book == book &&
                     !open->commands->full(command);
  if (!joins) {
    RequestPtr request = make_request(MessageType::kSubmit, book);
    request->commands =
        std::make_unique<SubmitFrame::Builder>(book, options_.frame_commands, options_.frame_bytes);
    request->number = next_number_++;
    ++open_requests_;
    open = request.get();
    queue_.push_back(std::move(request));
  }
  const std::size_t before = joins ? open->bytes() : 0;
  open->commands->add(command);
  open->on_each.push_back(std::move(on_answer));
  queued_bytes_ += open->bytes() - before;
  wake(lock);
  return {};
}

Status ClientCore::send(SubmitFrame frame, OnAnswers on_answers) {
  if (frame.count() == 0) return Error{ErrorKind::kUsage, "a frame without commands"};
  if (frame.builder_->ids_missing) return no_id();
  if (!on_answers) return Error{ErrorKind::kUsage, "a frame without a callback"};
  RequestPtr request = make_request(MessageType::kSubmit, frame.book());
  request->commands = std::move(frame.builder_);
  request->on_all = std::move(on_answers);
  request->commands->finish();
  return enqueue(std::move(request));
}

Status ClientCore::query(BookNumber book, const QueryToSend& query, OnResult on_result) {
  RequestPtr request = make_request(MessageType::kQuery, book);
  request->body = write_query(query);
  request->on_reply = [on_result = std::move(on_result)](StatusCode status, const Frame* frame,
                                                         std::string message) {
    on_result(query_result(status, frame, std::move(message)));
  };
  return enqueue(std::move(request));
}

Status ClientCore::resolve(BookNumber book, std::string_view id, Sequence since,
                           OnAnswer on_answer) {
  if (!is_identifier(id)) return no_id();
  RequestPtr request = make_request(MessageType::kResolve, book);
  request->body = resolve_body({std::string(id)}, since);
  request->on_reply = [on_answer = std::move(on_answer)](StatusCode status, const Frame* frame,
                                                         const std::string& message) {
    std::vector<Answer> answers;
    if (frame != nullptr && read_answers(frame->body.bytes(), 1, answers)) {
      return on_answer(answers.front());
    }
    Answer answer;
    answer.status = frame == nullptr ? status : StatusCode::kConnectionLost;
    answer.message = frame == nullptr ? std::string_view(message)
                                      : "the server's answer cannot be read; is it newer?";
    on_answer(answer);
  };
  return enqueue(std::move(request));
}

bool ClientCore::wait_idle(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [this] { return open_requests_ == 0; });
}

Status ClientCore::blocking_allowed() const {
  if (std::this_thread::get_id() != io_thread_) return {};
  return Error{ErrorKind::kUsage, "a blocking call inside a callback would wait for itself"};
}

// Queues by send(on_answer) and waits for the answer.
template <class Send>
Result<Client::Outcome> ClientCore::wait_for_outcome(std::string_view id, Send send) {
  const Status allowed = blocking_allowed();
  if (!allowed) return allowed.error();
  auto promise = std::make_shared<std::promise<Outcome>>();
  auto future = promise->get_future();
  const Status queued = send([promise, id = std::string(id)](const Answer& answer) {
    promise->set_value(to_outcome(id, answer));
  });
  if (!queued) return queued.error();
  return future.get();
}

Result<Client::Outcome> ClientCore::submit_and_wait(BookNumber book, const CommandToSend& command) {
  return wait_for_outcome(
      command.id, [&](OnAnswer on_answer) { return submit(book, command, std::move(on_answer)); });
}

Result<Client::Outcome> ClientCore::resolve_and_wait(BookNumber book, std::string_view id,
                                                     Sequence since) {
  return wait_for_outcome(
      id, [&](OnAnswer on_answer) { return resolve(book, id, since, std::move(on_answer)); });
}

Result<QueryResult> ClientCore::ask(BookNumber book, const QueryToSend& to_send) {
  const Status allowed = blocking_allowed();
  if (!allowed) return allowed.error();
  auto promise = std::make_shared<std::promise<QueryResult>>();
  auto future = promise->get_future();
  const Status queued = query(
      book, to_send, [promise](QueryResult result) { promise->set_value(std::move(result)); });
  if (!queued) return queued.error();
  QueryResult result = future.get();
  const StatusClass kind = class_of(result.status);
  if (kind == StatusClass::kNotStarted || kind == StatusClass::kUnknown) {
    return Error{ErrorKind::kUnavailable, result.message};
  }
  return result;
}

// Sends a small request and waits; on_reply has run by then.
Status ClientCore::call(MessageType type, AlignedBuffer body, Request::OnReply on_reply) {
  const Status allowed = blocking_allowed();
  if (!allowed) return allowed;
  auto promise = std::make_shared<std::promise<Status>>();
  auto future = promise->get_future();
  RequestPtr request = make_request(type, BookNumber{0});
  request->body = std::move(body);
  request->on_reply = [promise, on_reply = std::move(on_reply)](
                          StatusCode status, const Frame* frame, const std::string& message) {
    if (frame == nullptr) {
      promise->set_value(Error{ErrorKind::kUnavailable, message});
      return;
    }
    on_reply(status, frame, message);
    promise->set_value({});
  };
  const Status queued = enqueue(std::move(request));
  return queued ? future.get() : queued;
}

Result<HealthInfo> ClientCore::health() {
  flatbuffers::FlatBufferBuilder builder(64);
  builder.Finish(wire::CreateHealth(builder));
  auto info = std::make_shared<HealthInfo>();
  const Status called = call(MessageType::kHealth, AlignedBuffer(finished_bytes(builder)),
                             [info](StatusCode, const Frame* frame, const std::string&) {
                               const auto* const answer =
                                   verified_root<wire::HealthAnswer>(frame->body.bytes(), {});
                               if (answer == nullptr) return;
                               info->ready = answer->ready();
                               if (answer->message() != nullptr)
                                 info->message = answer->message()->str();
                               if (answer->server() != nullptr)
                                 info->server = answer->server()->str();
                               info->connections = answer->connections();
                               info->inbox_commands = answer->inbox_commands();
                               info->commits = answer->commits();
                             });
  if (!called) return called.error();
  return *info;
}

Result<ServerInfo> ClientCore::refresh() {
  const AlignedBuffer hello = hello_frame(0, options_.name);
  const Status called =
      call(MessageType::kHello, AlignedBuffer(hello.bytes().subspan(sizeof(FrameHeader))),
           [this](StatusCode, const Frame* frame, const std::string&) {
             ServerInfo read;
             if (!read_hello_answer(frame->body.bytes(), read)) return;
             const std::lock_guard lock(mutex_);
             server_ = std::move(read);
           });
  if (!called) return called.error();
  return server();
}

Result<ServerBook> ClientCore::book(std::string_view name) {
  ServerInfo known = server();
  for (int attempt = 0; attempt < 2; ++attempt) {
    for (const ServerBook& book : known.books) {
      if (book.name == name) return book;
    }
    if (attempt > 0) break;
    auto refreshed = refresh();
    if (!refreshed) return refreshed.error();
    known = std::move(refreshed.value());
  }
  std::string message = "the server has no book '" + std::string(name) + "'; it has";
  if (known.books.empty()) message += " none yet; open one with OpenBook";
  for (const ServerBook& book : known.books)
    message += " '" + book.name + "'";
  return Error{ErrorKind::kNotFound, std::move(message)};
}

ServerInfo ClientCore::server() const {
  const std::lock_guard lock(mutex_);
  return server_;
}

Status ClientCore::start() {
  boost::asio::post(io_, [this] {
    link_.open();
    tick();
  });
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "kontor-client");
    {
      const std::lock_guard lock(mutex_);
      io_thread_ = std::this_thread::get_id();
    }
    io_.run();
  });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return greeted_ || failed_; });
  if (greeted_) return {};
  return Error{ErrorKind::kUnavailable, first_error_ + "; is the server running there?"};
}

void ClientCore::shut() {
  const std::lock_guard shutting(shut_mutex_);
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  boost::asio::post(io_, [this] {
    end_all();
    io_.stop();
  });
  thread_.join();
}

}  // namespace kontor
