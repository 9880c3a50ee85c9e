// How much of a busy machine a thread gets beside the others: its niceness (setpriority of Linux,
// for one thread), from -20, which is served first, to 19.
#pragma once

namespace kontor {

// Gives the calling thread the niceness of the process and `by` more; the same again changes
// nothing. False: the system does not allow it, and nothing has changed. Up from what the thread
// has is always allowed, down by LimitNICE of systemd, or CAP_SYS_NICE.
bool be_nice(int by);

}  // namespace kontor
