// Damage: what a disk, a file system or a hand does to one file of a data folder.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "tests/recovery/corruption/sample.h"

namespace kontor::test {

using Random = std::mt19937_64;
std::uint64_t below(Random& random, std::uint64_t bound);  // from 0 to bound - 1

enum class FileKind {
  kMark,
  kLock,
  kTable,
  kWal,
  kManifest,
  kCurrent,
  kIdentity,
  kOptions,
  kDiary,
  kSnapshot
};
inline constexpr int kFileKinds = 10;
std::string_view word(FileKind kind);
FileKind kind_of(const std::filesystem::path& file);

enum class DamageKind {
  kFlip,       // one bit
  kOverwrite,  // a range with noise
  kZero,       // a range with zeros
  kCut,        // the end is gone
  kEmpty,      // all of it is gone, the name stays
  kGrown,      // noise behind the end
  kDoubled,    // a block twice
  kSwapped,    // two blocks in each other's place
  kMissing,    // the file is gone
  kReplaced,   // another file of the folder under its name
  kExchanged,  // two files under each other's names
  kOlder,      // the file as it was earlier
};
inline constexpr int kDamageKinds = 12;
std::string_view word(DamageKind kind);

// Of a file the sample has of that kind, by chance; relative to its folder. Nothing: it has none.
std::optional<std::filesystem::path> pick_file(const Sample& sample, FileKind kind, Random& random);

// Damages `file` of the sample's copy `folder`, in which it may be written. What was done, with the
// place ("bit 3 of byte 712"); nothing: it cannot be done to this file, or changes no byte.
std::optional<std::string> apply_damage(DamageKind kind, const Sample& sample,
                                        const std::filesystem::path& folder,
                                        const std::filesystem::path& file, Random& random);

}  // namespace kontor::test
