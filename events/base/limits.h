// Every bound in one place; clients are told them in the hello. Changing one is a change note.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kontor::limits {

inline constexpr std::size_t kFrameBytesMax = 4U << 20;      // body of one frame
inline constexpr std::size_t kFrameCommandsMax = 8192;       // commands in one frame
inline constexpr std::size_t kCommandBytesMax = 512U << 10;  // body of one command
inline constexpr std::size_t kDecisionBytesMax = 1U << 20;   // envelope, command and events
inline constexpr std::size_t kDecisionEventsMax = 4096;
inline constexpr std::size_t kPageBytesMax = 4U << 20;  // a page is closed before it grows past
inline constexpr std::size_t kPageDecisionsMax = 16384;
inline constexpr std::size_t kCommitBytesMax = 16U << 20;  // pages of all books in one commit
inline constexpr std::size_t kInboxCommandsMax = 65536;    // then: overloaded
inline constexpr std::size_t kInboxBytesMax = 64U << 20;
inline constexpr std::size_t kConnectionsMax = 1024;
inline constexpr std::size_t kConnectionUnansweredBytesMax = 32U << 20;
inline constexpr std::size_t kReasonsMax = 16;
inline constexpr std::size_t kLinesMax = 5000;            // of one document
inline constexpr std::size_t kAssortmentItemsMax = 4096;  // and as many companies
inline constexpr std::size_t kReservationsMax = 8192;     // of one order: lines times warehouses
inline constexpr std::size_t kTextBytesMax = 4096;        // free text
inline constexpr std::size_t kBooksMax = 10'000;
inline constexpr std::size_t kCompanyDepthMax = 16;       // company.depth_max may be lower
inline constexpr std::uint32_t kDaysAtOnceMax = 3660;     // OpenBusinessDay
inline constexpr std::size_t kFollowUpBatch = 64;         // orders or lines a step looks at
inline constexpr std::uint64_t kOutcomesKept = 1U << 20;  // final outcomes by command id, of a
inline constexpr std::uint64_t kOutcomesKeptMin = 16;     // book that says no other number
inline constexpr std::uint64_t kOutcomesKeptMax = 1U << 24;
inline constexpr std::uint64_t kSettledKept = 1U << 16;  // events a settled document stays in
inline constexpr std::uint64_t kSettledKeptMin = 16;     // memory for, of a book that says no other
inline constexpr std::uint64_t kSettledKeptMax = 1U << 20;
inline constexpr std::int64_t kDocumentMinorMax = 1'000'000'000'000'000;  // 10^15 minor units
inline constexpr std::int64_t kQuantityMax = 1'000'000'000'000'000;       // 10^9 base units
inline constexpr std::int64_t kSumMax = INT64_MAX / 4;  // of an account or a stock record

}  // namespace kontor::limits
