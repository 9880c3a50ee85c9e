#include "engine/snapshots/snapshot_store.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include <openssl/sha.h>

#include "engine/snapshots/snapshot_format.h"
#include "engine/snapshots/snapshot_image.h"
#include "events/log/page.h"
#include "projections/state_format.h"

namespace kontor {
namespace {

constexpr std::string_view kEnding = ".snapshot";
constexpr std::string_view kUnfinished = ".unfinished";
constexpr std::string_view kDoubted = ".doubted";
constexpr std::size_t kDigits = 20;

std::string name_of(CommitNumber commit) {
  const std::string digits = std::to_string(commit.value());
  return std::string(kDigits - std::min(kDigits, digits.size()), '0') + digits +
         std::string(kEnding);
}

// Nothing: not the name of a finished snapshot.
std::optional<CommitNumber> commit_of(std::string_view name) {
  if (name.size() != kDigits + kEnding.size() || !name.ends_with(kEnding)) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + kDigits, number);
  if (error != std::errc{} || end != name.data() + kDigits) return std::nullopt;
  return CommitNumber{number};
}

struct CommitFacts {
  Hash256 hash{};
  std::uint64_t epoch = 0;
  std::uint32_t generation = 0;
};

Result<CommitFacts> facts_of(const EventLog& log, CommitNumber number) {
  CommitFacts out;
  Status sound;
  const auto visit = [&](CommitNumber, std::span<const std::byte> bytes) {
    SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.hash.data());
    const auto page = read_page(bytes);
    if (!page.ok()) {
      sound = page.error();
      return false;
    }
    out.epoch = page->header().epoch;
    out.generation = page->header().generation;
    return true;
  };
  if (Status read = log.read(number, number, visit); !read) return read.error();
  if (!sound) return sound.error();
  return out;
}

// Whether this log has the commit that the snapshot stands on, and began as its log did.
Status check_log(const SnapshotHeader& header, const EventLog& log) {
  if (header.state_format != kStateFormat) {
    return Error{ErrorKind::kNewer, "holds state of format " + std::to_string(header.state_format) +
                                        "; this version has " + std::to_string(kStateFormat)};
  }
  const CommitNumber commit{header.commit};
  const CommitNumber last = log.tail().last;
  if (commit.value() == 0 || commit > last) {
    return Error{ErrorKind::kUsage, "stands on commit " + std::to_string(header.commit) +
                                        ", and the log ends with " + std::to_string(last.value()) +
                                        ": unless an older copy of it was put back, commits are "
                                        "lost"};
  }
  const Result<CommitFacts> first = facts_of(log, CommitNumber{1});
  if (!first) return first.error();
  const Result<CommitFacts> own = facts_of(log, commit);
  if (!own) return own.error();
  const bool same = first->hash == header.log_identity && own->hash == header.commit_hash &&
                    own->epoch == header.epoch && own->generation == header.generation;
  if (same) return {};
  return Error{ErrorKind::kUsage, "was made of another log (commit " +
                                      std::to_string(header.commit) + " differs from this one's)"};
}

}  // namespace

// ---- the store ----------------------------------------------------------------------------------

Result<std::vector<SnapshotInfo>> list_snapshots(const SnapshotFiles& files) {
  const Result<std::vector<SnapshotEntry>> entries = files.list();
  if (!entries) return entries.error();
  std::vector<SnapshotInfo> out;
  for (const SnapshotEntry& entry : *entries) {
    const std::optional<CommitNumber> commit = commit_of(entry.name);
    if (commit) out.push_back({entry.name, *commit, entry.bytes, entry.written_at});
  }
  std::sort(out.begin(), out.end(),
            [](const SnapshotInfo& a, const SnapshotInfo& b) { return a.commit > b.commit; });
  return out;
}

namespace {

Result<SnapshotReader> open_checked(const SnapshotFiles& files, const EventLog& log,
                                    const SnapshotInfo& info) {
  Result<std::unique_ptr<SnapshotIn>> file = files.open(info.name);
  if (!file) return file.error();
  Result<SnapshotReader> reader = SnapshotReader::open(std::move(*file));
  if (!reader) return reader.error();
  if (Status of_log = check_log(reader->header(), log); !of_log) return of_log.error();
  if (CommitNumber{reader->header().commit} != info.commit) {
    return Error{ErrorKind::kCorrupt, "is damaged: it holds commit " +
                                          std::to_string(reader->header().commit) +
                                          ", not the one of its name"};
  }
  return reader;
}

// Errors of the files name the place themselves.
Error placed(const std::string& place, const Error& error) {
  const bool named = error.kind == ErrorKind::kIo || error.kind == ErrorKind::kNotFound;
  return {error.kind, named ? error.message : place + " " + error.message};
}

}  // namespace

Result<Image> SnapshotStore::load(const SnapshotInfo& info, const Stop& stop) const {
  const Result<SnapshotReader> reader = open_checked(files_, log_, info);
  if (!reader) return placed(place(info), reader.error());
  Image image;
  const Status loaded = load_image(*reader, image, stop);
  if (!loaded) return placed(place(info), loaded.error());
  return image;
}

Status SnapshotStore::compare(const SnapshotInfo& info, const Books& books,
                              const Replayed& replayed) const {
  const Result<SnapshotReader> reader = open_checked(files_, log_, info);
  if (!reader) return placed(place(info), reader.error());
  const Status same = compare_image(*reader, books, replayed);
  return same.ok() ? same : placed(place(info), same.error());
}

Result<SnapshotInfo> SnapshotStore::write(const Image& image, const Stop& stop) {
  const Result<CommitFacts> first = facts_of(log_, CommitNumber{1});
  if (!first) return first.error();
  const Result<CommitFacts> own = facts_of(log_, image.log.last);
  if (!own) return own.error();
  SnapshotHeader header;
  header.state_format = kStateFormat;
  header.generation = own->generation;
  header.epoch = own->epoch;
  header.commit = image.log.last.value();
  header.position = image.log.position();
  header.book_count = image.books.count();
  header.log_identity = first->hash;
  header.commit_hash = own->hash;

  const std::string name = name_of(image.log.last);
  const std::string unfinished = name + std::string(kUnfinished);
  {
    Result<std::unique_ptr<SnapshotOut>> file = files_.create(unfinished);
    if (!file) return file.error();
    SnapshotWriter writer(**file, header);
    if (Status written = save_image(writer, image, stop); !written) return written.error();
    if (Status written = writer.finish(); !written) return written.error();
    if (Status synced = (*file)->sync(); !synced) return synced.error();
  }
  if (Status renamed = files_.rename(unfinished, name); !renamed) return renamed.error();
  if (Status synced = files_.sync(); !synced) return synced.error();
  bad_.erase(name);
  const Result<std::vector<SnapshotInfo>> all = list();
  if (!all) return all.error();
  for (const SnapshotInfo& info : *all) {
    if (info.name == name) return info;
  }
  return Error{ErrorKind::kIo, files_.place(name) + " is gone right after it was written"};
}

Status SnapshotStore::keep(std::size_t count) {
  const Result<std::vector<SnapshotEntry>> entries = files_.list();
  if (!entries) return entries.error();
  const Result<std::vector<SnapshotInfo>> all = list();
  if (!all) return all.error();
  std::set<std::string> kept;
  for (const SnapshotInfo& info : *all) {
    if (kept.size() < count && !bad_.contains(info.name)) kept.insert(info.name);
  }
  for (const SnapshotEntry& entry : *entries) {
    const bool ours = entry.name.ends_with(kEnding) || entry.name.ends_with(kUnfinished) ||
                      entry.name.ends_with(kDoubted);
    if (!ours || kept.contains(entry.name)) continue;
    if (Status removed = files_.remove(entry.name); !removed) return removed;
    bad_.erase(entry.name);
  }
  return files_.sync();
}

Status SnapshotStore::doubt_all() {
  const Result<std::vector<SnapshotInfo>> all = list();
  if (!all) return all.error();
  for (const SnapshotInfo& info : *all) {
    Status renamed = files_.rename(info.name, info.name + std::string(kDoubted));
    if (!renamed) return renamed;
  }
  return all->empty() ? Status{} : files_.sync();
}

}  // namespace kontor
