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
  feed_events += other.feed_events;
  feed_marks += other.feed_marks;
  feed_cuts += other.feed_cuts;
  feed_slow += other.feed_slow;
  past_questions += other.past_questions;
  past_answers += other.past_answers;
  past_models += other.past_models;
  past_refused += other.past_refused;
  view_starts += other.view_starts;
  view_deaths += other.view_deaths;
  view_power_cuts += other.view_power_cuts;
  view_renewals += other.view_renewals;
  view_stored += other.view_stored;
  view_fresh += other.view_fresh;
  for (const auto& [reason, count] : other.refusals)
    refusals[reason] += count;
  for (const auto& [kind, count] : other.kinds)
    kinds[kind] += count;
}

}  // namespace kontor::test
