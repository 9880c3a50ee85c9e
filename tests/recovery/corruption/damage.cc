#include "tests/recovery/corruption/damage.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

namespace kontor::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kBlockBytesMax = 4096;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return static_cast<bool>(out.flush());
}

std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> out;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) out.push_back(fs::relative(entry.path(), folder));
  }
  std::ranges::sort(out);
  return out;
}

std::string noise(std::uint64_t count, Random& random) {
  std::string out(count, '\0');
  for (char& byte : out)
    byte = static_cast<char>(random());
  return out;
}

struct Range {
  std::uint64_t begin = 0;
  std::uint64_t bytes = 0;
};

std::string text(const Range& range) {
  return std::to_string(range.bytes) + " bytes from byte " + std::to_string(range.begin);
}

// Not empty; half of them short.
Range pick_range(std::uint64_t size, Random& random) {
  Range range;
  range.begin = below(random, size);
  const std::uint64_t most = below(random, 2) == 0 ? 16 : kBlockBytesMax;
  range.bytes = 1 + below(random, std::min(most, size - range.begin));
  return range;
}

// The bytes after the damage; what was done is said in `done`.
class InFile {
 public:
  InFile(std::string bytes, Random& random) : bytes_(std::move(bytes)), random_(random) {}

  // False: it cannot be done to so few bytes.
  bool apply(DamageKind kind);
  const std::string& bytes() const { return bytes_; }
  const std::string& done() const { return done_; }

 private:
  void flip();
  void zero();
  bool swap_blocks();
  void double_block();

  std::string bytes_;
  std::string done_;
  Random& random_;
};

void InFile::flip() {
  const std::uint64_t at = below(random_, bytes_.size());
  const std::uint64_t bit = below(random_, 8);
  bytes_[at] = static_cast<char>(static_cast<unsigned char>(bytes_[at]) ^ (1U << bit));
  done_ = "bit " + std::to_string(bit) + " of byte " + std::to_string(at);
}

// To the end as often as not: what a file system leaves of a file that it had not written yet.
void InFile::zero() {
  Range range = pick_range(bytes_.size(), random_);
  if (below(random_, 2) == 0) range.bytes = bytes_.size() - range.begin;
  bytes_.replace(range.begin, range.bytes, range.bytes, '\0');
  done_ = text(range);
}

void InFile::double_block() {
  const Range range = pick_range(bytes_.size(), random_);
  bytes_.insert(range.begin, bytes_, range.begin, range.bytes);
  done_ = text(range);
}

bool InFile::swap_blocks() {
  if (bytes_.size() < 2) return false;
  Range one = pick_range(bytes_.size() / 2, random_);
  const std::uint64_t other =
      one.begin + one.bytes + below(random_, bytes_.size() - one.begin - 2 * one.bytes + 1);
  if (other + one.bytes > bytes_.size()) return false;
  for (std::uint64_t i = 0; i < one.bytes; ++i)
    std::swap(bytes_[one.begin + i], bytes_[other + i]);
  done_ = text(one) + " with those from byte " + std::to_string(other);
  return true;
}

bool InFile::apply(DamageKind kind) {
  if (kind == DamageKind::kGrown) {
    const std::uint64_t count = 1 + below(random_, kBlockBytesMax);
    bytes_ += noise(count, random_);
    done_ = std::to_string(count) + " bytes";
    return true;
  }
  if (bytes_.empty()) return false;
  switch (kind) {
    case DamageKind::kFlip:
      flip();
      return true;
    case DamageKind::kOverwrite: {
      const Range range = pick_range(bytes_.size(), random_);
      bytes_.replace(range.begin, range.bytes, noise(range.bytes, random_));
      done_ = text(range);
      return true;
    }
    case DamageKind::kZero:
      zero();
      return true;
    case DamageKind::kCut:
      bytes_.resize(below(random_, bytes_.size()));
      done_ = "after byte " + std::to_string(bytes_.size());
      return true;
    case DamageKind::kEmpty:
      bytes_.clear();
      return true;
    case DamageKind::kDoubled:
      double_block();
      return true;
    default:
      return swap_blocks();
  }
}

// Another file, as often as not of the same kind.
std::optional<fs::path> pick_other(const Sample& sample, const fs::path& file, Random& random) {
  std::vector<fs::path> others = files_of(sample.folder);
  const bool same_kind = below(random, 2) == 0;
  std::erase_if(others, [&](const fs::path& other) {
    return other == file || (same_kind && kind_of(other) != kind_of(file));
  });
  if (others.empty()) return std::nullopt;
  return others[below(random, others.size())];
}

std::optional<std::string> damage_by_name(DamageKind kind, const Sample& sample,
                                          const fs::path& folder, const fs::path& file,
                                          Random& random) {
  const std::string before = read_file(folder / file);
  if (kind == DamageKind::kMissing)
    return fs::remove(folder / file) ? "" : std::optional<std::string>();
  if (kind == DamageKind::kOlder) {
    if (!fs::exists(sample.older / file)) return std::nullopt;
    const std::string older = read_file(sample.older / file);
    if (older == before || !write_file(folder / file, older)) return std::nullopt;
    return "of " + std::to_string(older.size()) + " bytes";
  }
  const std::optional<fs::path> other = pick_other(sample, file, random);
  if (!other) return std::nullopt;
  const std::string theirs = read_file(folder / *other);
  if (theirs == before || !write_file(folder / file, theirs)) return std::nullopt;
  if (kind == DamageKind::kExchanged) {
    fs::remove(folder / *other);  // its bytes may be the sample's own
    if (!write_file(folder / *other, before)) return std::nullopt;
  }
  return "with " + other->string();
}

}  // namespace

std::uint64_t below(Random& random, std::uint64_t bound) {
  return random() % bound;
}

std::string_view word(FileKind kind) {
  static constexpr std::array<std::string_view, kFileKinds> kWords = {
      "KONTOR",   "LOCK",    "table", "write-ahead log", "MANIFEST", "CURRENT",
      "IDENTITY", "OPTIONS", "LOG",   "snapshot"};
  return kWords.at(static_cast<std::size_t>(kind));
}

std::string_view word(DamageKind kind) {
  static constexpr std::array<std::string_view, kDamageKinds> kWords = {
      "flip",    "overwrite", "zero",    "cut",      "empty",     "grown",
      "doubled", "swapped",   "missing", "replaced", "exchanged", "older"};
  return kWords.at(static_cast<std::size_t>(kind));
}

FileKind kind_of(const fs::path& file) {
  const std::string name = file.filename().string();
  if (name == "KONTOR") return FileKind::kMark;
  if (name == "LOCK") return FileKind::kLock;
  if (name.ends_with(".sst")) return FileKind::kTable;
  if (name.ends_with(".log")) return FileKind::kWal;
  if (name.starts_with("MANIFEST")) return FileKind::kManifest;
  if (name == "CURRENT") return FileKind::kCurrent;
  if (name.ends_with(".snapshot")) return FileKind::kSnapshot;
  if (name == "IDENTITY") return FileKind::kIdentity;
  if (name.starts_with("OPTIONS")) return FileKind::kOptions;
  return FileKind::kDiary;
}

std::optional<fs::path> pick_file(const Sample& sample, FileKind kind, Random& random) {
  std::vector<fs::path> files = files_of(sample.folder);
  std::erase_if(files, [&](const fs::path& file) { return kind_of(file) != kind; });
  if (files.empty()) return std::nullopt;
  return files[below(random, files.size())];
}

std::optional<std::string> apply_damage(DamageKind kind, const Sample& sample,
                                        const fs::path& folder, const fs::path& file,
                                        Random& random) {
  if (kind >= DamageKind::kMissing) return damage_by_name(kind, sample, folder, file, random);
  const std::string before = read_file(folder / file);
  InFile damaged(before, random);
  if (!damaged.apply(kind) || damaged.bytes() == before) return std::nullopt;
  if (!write_file(folder / file, damaged.bytes())) return std::nullopt;
  return damaged.done();
}

}  // namespace kontor::test
