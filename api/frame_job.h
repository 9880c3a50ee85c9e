// FrameJob: one submit or resolve frame on its way through the engine. Made on the I/O thread from
// verified bytes; its answer is built on the thread that made it durable and handed over to the I/O
// thread.
#pragma once

#include <memory>
#include <vector>

#include "api/answer.h"
#include "api/frame.h"
#include "api/handover.h"
#include "engine/job.h"

namespace kontor {

class FrameJob : public Submission {
 public:
  FrameJob(std::uint64_t session, std::uint64_t request, std::shared_ptr<Handover> handover)
      : session_(session), to_{request}, handover_(std::move(handover)) {}

  void answer(std::span<const CommandResult> results) override;

  // Whether any command is left for the engine; if none, every answer is known at the edge.
  bool decidable() const { return decidable_; }
  void answer_at_edge();

 protected:
  // The whole SubmitAnswer frame, on the thread that answers.
  virtual void deliver(AlignedBuffer frame);

 private:
  friend class FrameStager;

  std::uint64_t session_;
  AnswerTo to_;
  std::shared_ptr<Handover> handover_;
  std::vector<EdgeNote> notes_;
  bool decidable_ = false;
};

// Reads the commands of a submit frame in place into `job`, each checked: a bad one gets its status
// and a note, the others go on. False: the frame as a whole cannot be taken; `error` says why.
bool stage_frame(Frame frame, FrameJob& job, ErrorText& error);

// The same for a resolve frame: its ids become what the engine is asked.
bool stage_resolve(Frame frame, FrameJob& job, ErrorText& error);

}  // namespace kontor
