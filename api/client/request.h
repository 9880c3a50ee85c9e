// Request: one frame of the client from the queue to its answer. Heavy: for .cc files of the
// client.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "api/client/submit_builder.h"
#include "api/frame.h"

namespace kontor {

struct Request {
  using Clock = std::chrono::steady_clock;
  // A question's, hello's or health's answer; frame is null when there is none.
  using OnReply = std::function<void(StatusCode status, const Frame* frame, std::string message)>;

  MessageType type = MessageType::kSubmit;
  BookNumber book;
  std::uint64_t number = 0;  // on the wire; also the order in which requests were made
  Clock::time_point deadline;
  Clock::time_point start_by;  // no try begins after it; of a submit earlier than the deadline

  std::unique_ptr<SubmitFrame::Builder> commands;  // of a submit
  std::vector<Client::OnAnswer> on_each;           // per command, if it was queued one by one
  Client::OnAnswers on_all;                        // else
  AlignedBuffer body;                              // of the others
  OnReply on_reply;

  FrameHeader header;  // with size and checksum of the body once sealed
  HeaderBytes header_bytes{};
  bool sealed = false;
  bool lost = false;  // a try ended without an answer: the outcome is unknown
  Sequence since;     // of a submit: a position of its book known before the first try
  bool tried = false;
  bool finished = false;
  AlignedBuffer held;  // an answer that leaves some commands unknown

  // Of a resolve that the client makes by itself: the submit, and the commands asked about.
  std::shared_ptr<Request> about;
  std::vector<std::uint32_t> lines;

  std::string why;  // the last try was not taken
  StatusCode last = StatusCode::kDeadlineExpired;

  bool is_submit() const { return type == MessageType::kSubmit; }
  std::size_t count() const { return is_submit() ? commands->commands.size() : 1; }
  std::size_t bytes() const { return is_submit() ? commands->builder.GetSize() : body.size(); }
  std::span<const std::byte> body_bytes() const {
    return is_submit() ? commands->finish() : body.bytes();
  }

  // The frame's header for a try now; checksums the body the first time only.
  void seal(std::uint16_t flags, Clock::time_point now);
};

}  // namespace kontor
