// codec: what it costs to read and write JSON, and to build, read and verify frames.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/client/submit_builder.h"
#include "api/frame.h"
#include "api/frame_job.h"
#include "bench/instructions/counted.h"
#include "bench/world.h"
#include "events/base/assert.h"
#include "events/base/limits.h"
#include "events/json/json.h"

namespace kontor::bench {
namespace {

constexpr std::uint64_t kTexts = 400;
constexpr std::uint64_t kLives = 100;
constexpr std::size_t kFrames = 8;
constexpr std::uint64_t kFrameCommands = 96;

constexpr std::array<std::string_view, 2> kCommands = {
    R"({"id":"kim-1","actor":"kim","PlaceOrder":{"company":"acme","order":"O-1","buyer":"kim",)"
    R"("lines":[{"item":"bolt","quantity":"2"},{"item":"nut","quantity":"12.5"},)"
    R"({"item":"washer","quantity":"100"}]}})",
    R"({"id":"bank-2","actor":"clerk","RecordPayment":{"payment":"P-7002","payer":"acme",)"
    R"("currency":"EUR","amount":"6000.00","reference":"on account"}})",
};

// JSON of a command into its verified body.
class CommandFromJson final : public Counted {
 public:
  CommandFromJson() { read(kCommands.size()); }  // the schema is planned at first use

  std::uint64_t run() override {
    read(kTexts);
    return kTexts;
  }

 private:
  static void read(std::uint64_t texts) {
    for (std::uint64_t i = 0; i < texts; ++i) {
      const Result<CommandText> command =
          read_command_json(kCommands.at(i % kCommands.size()), JsonOptions{});
      KONTOR_ASSERT(command.ok());
    }
  }
};

// The events of whole lives as JSON, as subscribers and `kontor events` get them.
class EventToJson final : public Counted {
 public:
  EventToJson() {
    PageBuilder page;
    world_.begin(page);
    for (const Kept& command : world_.make(Work::kLifecycles, kLives))
      world_.decide(page, command);
    world_.commit(page);
    const CommitNumber last = world_.log().tail().last;
    const Status read =
        world_.log().read(last, last, [&](CommitNumber, std::span<const std::byte> bytes) {
          commit_.append(bytes);
          return true;
        });
    KONTOR_ASSERT(read.ok());
    const Result<PageView> found = read_page(commit_.bytes());
    KONTOR_ASSERT(found.ok());
    found->for_each_decision([&](const DecisionView& decision) {
      decision.for_each_event([&](const EventView& event) { events_.push_back(event); });
    });
    write(events_.front());
  }

  std::uint64_t run() override {
    for (const EventView& event : events_)
      write(event);
    return events_.size();
  }

 private:
  static void write(const EventView& event) {
    const std::string text = write_event_json(event.header.kind, event.body, no_names());
    KONTOR_ASSERT(text.size() > 2);
  }

  World world_;
  AlignedBuffer commit_;
  std::vector<EventView> events_;
};

// A client's commands into a frame with its checksums.
AlignedBuffer build_frame(std::span<const Kept> commands) {
  SubmitFrame::Builder builder(BookNumber{1}, commands.size(), limits::kFrameBytesMax);
  for (const Kept& command : commands) {
    CommandToSend out;
    out.id = command.id;
    out.actor = command.actor;
    out.kind = command.kind;
    out.body = command.body.bytes();
    builder.add(out);
  }
  FrameHeader header;
  header.type = MessageType::kSubmit;
  header.request = 1;
  header.book = 1;
  return make_frame(header, builder.finish());
}

// Whole lives cut into frames.
std::vector<Kept> make_commands() {
  World world;
  return world.make(Work::kLifecycles, kFrames * kFrameCommands / cli::kLifeCommands);
}

std::span<const Kept> commands_of(std::span<const Kept> all, std::size_t frame) {
  return all.subspan(frame * kFrameCommands, kFrameCommands);
}

class FrameBuild final : public Counted {
 public:
  std::uint64_t run() override {
    for (std::size_t i = 0; i < kFrames; ++i)
      KONTOR_ASSERT(!build_frame(commands_of(commands_, i)).empty());
    return kFrames * kFrameCommands;
  }

 private:
  std::vector<Kept> commands_ = make_commands();
};

// The server's side: bytes as they come off a socket into commands that the engine may look at.
class FrameReadAndVerify final : public Counted {
 public:
  FrameReadAndVerify() {
    const std::vector<Kept> commands = make_commands();
    for (std::size_t i = 0; i < kFrames; ++i)
      stream_.append(build_frame(commands_of(commands, i)).bytes());
  }

  std::uint64_t run() override {
    FrameReader reader(limits::kFrameBytesMax);
    std::span<const std::byte> left = stream_.bytes();
    std::uint64_t commands = 0;
    Frame frame;
    while (commands < kFrames * kFrameCommands) {
      if (reader.next(frame)) {
        commands += stage(std::move(frame));
        continue;
      }
      KONTOR_ASSERT(reader.fault() == FrameFault::kNone && !left.empty());
      const FrameReader::Space space = reader.space();
      const std::size_t first = copy(left, space.first);
      reader.take(first + copy(left, space.second));
    }
    return commands;
  }

 private:
  static std::size_t copy(std::span<const std::byte>& left, std::span<std::byte> to) {
    const std::size_t bytes = std::min(left.size(), to.size());
    std::copy_n(left.begin(), bytes, to.begin());
    left = left.subspan(bytes);
    return bytes;
  }

  std::uint64_t stage(Frame frame) const {
    FrameJob job(1, frame.header.request, handover_);
    ErrorText error;
    KONTOR_ASSERT(stage_frame(std::move(frame), job, error));
    return job.commands.size();
  }

  AlignedBuffer stream_;
  std::shared_ptr<Handover> handover_ = std::make_shared<Handover>([] {});
};

template <class Kind>
std::unique_ptr<Counted> make() {
  return std::make_unique<Kind>();
}

}  // namespace

std::span<const CountedWork> codec_work() {
  static constexpr std::array kWork = {
      CountedWork{"codec_command_from_json", &make<CommandFromJson>},
      CountedWork{"codec_event_to_json", &make<EventToJson>},
      CountedWork{"codec_frame_build", &make<FrameBuild>},
      CountedWork{"codec_frame_read_and_verify", &make<FrameReadAndVerify>},
  };
  return kWork;
}

}  // namespace kontor::bench
