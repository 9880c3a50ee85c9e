#include "tests/simulation/snapshot_watch.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace kontor::test {

void SnapshotWatch::set(SnapshotOptions& options, Random& random) {
  options.files = files_.get();
  options.events = 10 + random.below(200);
  options.kept = 1 + random.below(3);
  options.at_stop = random.one_in(3);
  options.idle_priority = false;
  options.note = [this](const std::string& text) { note(text); };
  options.differs = [this](const Error& error) { note(error.message); };
}

void SnapshotWatch::note(const std::string& text) {
  const auto says = [&](std::string_view words) { return text.find(words) != std::string::npos; };
  bell_.ring([&] {
    if (says("the running state is what replay gives")) ++coverage_.snapshots;
    if (says("started from the snapshot")) ++coverage_.snapshot_starts;
    const bool tried = says("snapshot of commit") || says("no snapshot could be made");
    if (tried && !says("started from")) ++tried_;
    const bool skipped = says("skipped") && std::none_of(rotten_.begin(), rotten_.end(), says);
    if (skipped || says("the running state is not")) wrong_ = text;
  });
}

std::uint64_t SnapshotWatch::ask(Engine& engine, Random& random) {
  if (random.one_in(4)) files_->end_at(1 + random.below(30));
  std::uint64_t before = 0;
  bell_.ring([&] { before = tried_; });  // one that was begun by itself may just end
  engine.make_snapshot();
  return before;
}

void SnapshotWatch::crash() {
  files_ = files_->crash(rot_.below(8));
  const std::vector<std::string> names = files_->names();
  if (names.empty() || !rot_.one_in(4)) return;
  const std::string& name = names[rot_.below(names.size())];
  MemorySnapshots::Bytes bytes = files_->bytes(name);
  if (bytes.empty()) return;
  bytes[rot_.below(bytes.size())] ^= std::byte{16};
  files_->put(name, std::move(bytes));
  rotten_.insert(files_->place(name));
}

}  // namespace kontor::test
