#include "tests/simulation/finding.h"

namespace kontor::test {

void Coverage::add(const Coverage& other) {
  commands += other.commands;
  done += other.done;
  refused += other.refused;
  repeats += other.repeats;
  reused_ids += other.reused_ids;
  events += other.events;
  commits += other.commits;
  replays += other.replays;
  crashes += other.crashes;
  snapshots += other.snapshots;
  snapshot_starts += other.snapshot_starts;
  resolves += other.resolves;
  fenced += other.fenced;
  too_old += other.too_old;
  found_out += other.found_out;
  resent += other.resent;
  for (const auto& [reason, count] : other.refusals)
    refusals[reason] += count;
  for (const auto& [kind, count] : other.kinds)
    kinds[kind] += count;
}

}  // namespace kontor::test
