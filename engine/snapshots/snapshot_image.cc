#include "engine/snapshots/snapshot_image.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>

namespace kontor {
namespace {

constexpr std::uint32_t kStateBegin = static_cast<std::uint32_t>(SectionKind::kState);
constexpr std::uint32_t kSectionsOfBook = 2 + Book::kSections;

Error stopped() {
  return {ErrorKind::kUnavailable, "stopped"};
}

// ---- sections -----------------------------------------------------------------------------------

// Hands on what it hashes.
class HashingSink final : public Sink {
 public:
  explicit HashingSink(Sink& to) : to_(to) {}
  void write(std::span<const std::byte> bytes) override {
    hash_.write(bytes);
    to_.write(bytes);
  }
  Digest digest() { return hash_.digest(); }

 private:
  Sink& to_;
  DigestSink hash_;
};

void save_chain(Sink& out, const PageChain& chain, const Digest& digest) {
  out.pod(chain.pages);
  out.pod(chain.decisions);
  out.pod(chain.last_sequence.value());
  out.pod(chain.durable_watermark.value());
  out.pod(chain.last_recorded.value());
  out.pods(chain.tree.save());
  out.pod(digest);
}

bool load_chain(Source& in, PageChain& chain, Digest& digest) {
  std::vector<std::byte> tree;
  in.pod(chain.pages);
  in.pod(chain.decisions);
  in.pod(chain.last_sequence);
  in.pod(chain.durable_watermark);
  in.pod(chain.last_recorded);
  in.pods(tree);
  in.pod(digest);
  if (!in.ok() || !in.at_end()) return false;
  Result<MerkleFrontier> frontier = MerkleFrontier::load(tree);
  if (!frontier || frontier->size() != chain.decisions) return false;
  chain.tree = *frontier;
  return chain.durable_watermark <= chain.last_sequence;
}

bool load_places(Source& in, std::vector<PagePlace>& places, const PageChain& chain,
                 CommitNumber last) {
  in.pods(places);
  bool sound = in.ok() && in.at_end() && places.size() == chain.pages;
  PagePlace before;
  for (const PagePlace& place : places) {
    sound = sound && place.first > before.first && place.commit > before.commit &&
            place.first <= chain.last_sequence && place.commit <= last;
    before = place;
  }
  return sound;
}

// Takes the sections of a file into an image, several threads at once.
class Loading {
 public:
  Loading(const SnapshotReader& reader, Image& image, const Stop& stop)
      : reader_(reader), image_(image), stop_(stop) {}

  Status run() {
    if (Status room = make_room(); !room) return room;
    // The chains first: others are checked against them. Then the largest sections first.
    std::vector<const SectionRow*> rows;
    for (const SectionRow& row : reader_.rows()) {
      if (row.kind != static_cast<std::uint32_t>(SectionKind::kChain)) {
        rows.push_back(&row);
      } else if (Status loaded = load(row); !loaded) {
        return loaded;
      }
    }
    std::stable_sort(rows.begin(), rows.end(), [](const SectionRow* a, const SectionRow* b) {
      return a->raw_bytes > b->raw_bytes;
    });
    return load_all(rows);
  }

 private:
  static constexpr std::uint64_t kManyBytes = 16U << 20;

  static Error wrong(const SectionRow& row) {
    return {ErrorKind::kCorrupt, "is damaged: section " + std::to_string(row.kind) + " of book " +
                                     std::to_string(row.book) + " says what cannot be"};
  }

  // Every book has every section, once.
  Status make_room() {
    const SnapshotHeader& header = reader_.header();
    const std::uint64_t rows = reader_.rows().size();
    if (header.book_count == 0 || rows / kSectionsOfBook != header.book_count ||
        rows % kSectionsOfBook != 0) {
      return Error{ErrorKind::kCorrupt, "is damaged: it lacks sections of its books"};
    }
    std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
    for (const SectionRow& row : reader_.rows()) {
      const bool known = row.kind == static_cast<std::uint32_t>(SectionKind::kChain) ||
                         row.kind == static_cast<std::uint32_t>(SectionKind::kPlaces) ||
                         (row.kind >= kStateBegin && row.kind < kStateBegin + Book::kSections);
      const bool once = seen.emplace(row.book, row.kind).second;
      if (!known || !once || row.book >= header.book_count) return wrong(row);
    }
    while (image_.books.count() < header.book_count)
      image_.books.add();
    image_.log.chains.resize(header.book_count);
    image_.log.places.resize(header.book_count);
    image_.log.last = CommitNumber{header.commit};
    return {};
  }

  Status load(const SectionRow& row) {
    Result<std::vector<std::byte>> bytes = reader_.read(row);
    if (!bytes) return bytes.error();
    Source in(*bytes);
    PageChain& chain = image_.log.chains[row.book];
    Book& book = *image_.books.find(BookNumber{row.book});
    if (row.kind >= kStateBegin) {
      const Status loaded = book.load_section(row.kind - kStateBegin, in);
      return loaded.ok() && in.at_end() ? Status{} : wrong(row);
    }
    if (row.kind == static_cast<std::uint32_t>(SectionKind::kChain)) {
      Digest digest{};
      chain.book = BookNumber{row.book};
      return load_chain(in, chain, digest) ? Status{} : wrong(row);
    }
    auto& places = image_.log.places[row.book];
    return load_places(in, places, chain, image_.log.last) ? Status{} : wrong(row);
  }

  Status load_all(const std::vector<const SectionRow*>& rows) {
    std::uint64_t bytes = 0;
    for (const SectionRow* const row : rows)
      bytes += row->raw_bytes;
    if (bytes < kManyBytes) {
      work(rows);
    } else {
      std::thread other([&] { work(rows); });
      work(rows);
      other.join();
    }
    return status_;
  }

  void work(const std::vector<const SectionRow*>& rows) {
    for (std::size_t at = next_++; at < rows.size(); at = next_++) {
      Status loaded = stop_ && stop_() ? stopped() : load(*rows[at]);
      if (loaded) continue;
      const std::lock_guard lock(mutex_);
      if (status_.ok()) status_ = std::move(loaded);
      next_ = rows.size();
    }
  }

  const SnapshotReader& reader_;
  Image& image_;
  const Stop& stop_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  Status status_;
};

// Holds a file's bytes against a state, section by section, without loading them.
class Comparing {
 public:
  Comparing(const SnapshotReader& reader, const Books& books, const Replayed& replayed)
      : reader_(reader), books_(books), replayed_(replayed) {}

  Status run() {
    const std::uint64_t wanted = std::uint64_t{books_.count()} * kSectionsOfBook;
    if (reader_.rows().size() != wanted || reader_.header().book_count != books_.count()) {
      return Error{ErrorKind::kCorrupt, "does not hold the books that its commit ends with"};
    }
    for (std::size_t i = 0; i < reader_.rows().size(); ++i) {
      if (Status same = section(reader_.rows()[i], i); !same) return same;
    }
    return {};
  }

 private:
  Status section(const SectionRow& row, std::size_t index) {
    const auto book = static_cast<std::uint32_t>(index / kSectionsOfBook);
    const auto place = static_cast<std::uint32_t>(index % kSectionsOfBook);
    if (place == 0) digest_.emplace();
    Result<std::vector<std::byte>> bytes = reader_.read(row);
    if (!bytes) return bytes.error();
    const PageChain& chain = replayed_.chains[book];
    BufferSink wanted;
    std::uint32_t kind = kStateBegin + place;
    if (place < Book::kSections) {
      digest_->write(*bytes);
      books_.find(BookNumber{book})->save_section(place, wanted);
    } else if (place == Book::kSections) {
      kind = static_cast<std::uint32_t>(SectionKind::kChain);
      save_chain(wanted, chain, digest_->digest());
    } else {
      kind = static_cast<std::uint32_t>(SectionKind::kPlaces);
      wanted.pods(replayed_.places[book]);
    }
    const bool same =
        row.book == book && row.kind == kind && std::ranges::equal(*bytes, wanted.bytes());
    if (same) return {};
    return Error{ErrorKind::kCorrupt,
                 "differs from what the log gives at commit " +
                     std::to_string(replayed_.last.value()) + ", in section " +
                     std::to_string(row.kind) + " of book " + std::to_string(book) + " (sequence " +
                     std::to_string(chain.last_sequence.value()) + ", digest " +
                     hex(books_.find(BookNumber{book})->digest()) + ")"};
  }

  const SnapshotReader& reader_;
  const Books& books_;
  const Replayed& replayed_;
  std::optional<DigestSink> digest_;  // of the book's sections so far
};

// What the parts say of one another, when all are there.
Status check_image(const Image& image) {
  const std::uint32_t known = image.books.server().calendar().registered().size();
  bool sound = image.books.count() == known + 1;
  for (std::uint32_t i = 0; i < image.books.count() && sound; ++i) {
    const Book& book = *image.books.find(BookNumber{i});
    sound = book.last_sequence() == image.log.chains[i].last_sequence &&
            (book.last_sequence() == Sequence{} ||
             book.last_recorded() == image.log.chains[i].last_recorded);
    if (Status fits = book.check_loaded(); sound && !fits) return fits;
  }
  if (sound) return {};
  return Error{ErrorKind::kCorrupt, "is damaged: its books do not fit together"};
}

}  // namespace

Status load_image(const SnapshotReader& reader, Image& image, const Stop& stop) {
  Status loaded = Loading(reader, image, stop).run();
  if (loaded) loaded = check_image(image);
  if (!loaded || image.log.position() == reader.header().position) return loaded;
  return Error{ErrorKind::kCorrupt, "is damaged: its books are not at its position"};
}

Status compare_image(const SnapshotReader& reader, const Books& books, const Replayed& replayed) {
  return Comparing(reader, books, replayed).run();
}

Status save_image(SnapshotWriter& writer, const Image& image, const Stop& stop) {
  for (std::uint32_t number = 0; number < image.books.count() && writer.ok(); ++number) {
    const Book& book = *image.books.find(BookNumber{number});
    HashingSink sink(writer);
    for (std::uint32_t section = 0; section < Book::kSections; ++section) {
      if (stop && stop()) return stopped();
      writer.begin_section(number, kStateBegin + section);
      book.save_section(section, sink);
      writer.end_section();
    }
    writer.begin_section(number, static_cast<std::uint32_t>(SectionKind::kChain));
    save_chain(writer, image.log.chains[number], sink.digest());
    writer.end_section();
    writer.begin_section(number, static_cast<std::uint32_t>(SectionKind::kPlaces));
    writer.pods(image.log.places[number]);
    writer.end_section();
  }
  return {};
}

}  // namespace kontor
