// The bytes of a commit, the value of one log key: pages back to back (events/FORMAT.md). What
// every EventLog and every reader of one needs to know about them.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "events/base/result.h"
#include "events/log/event_log.h"
#include "events/log/page.h"

namespace kontor {

// Calls visit for each page of the commit, checked by read_page and by bearing its number, in
// order; the first error ends it. `bytes` 8-aligned, as EventLog::read gives them. Messages name
// the commit.
using PageVisitor = std::function<Status(const PageView&)>;
Status read_commit(CommitNumber number, std::span<const std::byte> bytes, const PageVisitor& visit);

// Whether a log with this tail takes this append, by the contract of EventLog::append. Looks at the
// frozen part and the sizes of the page headers alone: no checksum, no decision. kFenced, kUsage.
Status check_append(const LogTail& tail, Epoch epoch, CommitNumber after,
                    std::span<const std::byte> commit);

}  // namespace kontor
