// How the pages of a commit are stored: compressed where that pays, each by itself, so that a
// commit costs the write-ahead log and the tables the same few bytes. What is hashed, told and
// exported is the page as it was sealed. Grammar in events/FORMAT.md ("Page header", codec).
#pragma once

#include <cstddef>
#include <span>

#include "events/base/result.h"
#include "events/log/page.h"

namespace kontor {

// Pages with fewer bytes of decisions stay as they are: they have little to find repeated, and the
// store compresses its blocks of them together.
inline constexpr std::size_t kCompressedFrom = 4096;

// Writes the commit's pages, sealed, into `out` as they are to be stored.
void pack_commit(std::span<const std::byte> commit, AlignedBuffer& out);

// Writes the pages into `out` as they were sealed. A page that does not say, under a sound header
// checksum, that it was compressed here goes over as it is, and so does all behind one that is
// damaged: read_page judges it. kCorrupt: it says so and does not come apart, or beyond the bytes
// a commit has at most.
Status unpack_commit(std::span<const std::byte> stored, AlignedBuffer& out);

}  // namespace kontor
