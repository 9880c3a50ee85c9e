// Marks on rare branches: KONTOR_MARK("name") counts that the branch was taken, so that a campaign
// (ops/simulate --marks) can tell which of them it never reached. In a function that is neither
// inline nor a template. A mark is one increment without a lock, where few commands pass.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

namespace kontor {

struct Mark {
  const char* name = nullptr;
  std::atomic<std::uint64_t> count{0};
};

// Every mark of the program, reached or not. The linker puts them side by side.
std::span<Mark> all_marks();

}  // namespace kontor

// Threads that pass at once may lose a count, never a mark.
#define KONTOR_MARK(text)                                                                        \
  do {                                                                                           \
    [[gnu::section("kontor_marks"), gnu::used]] static constinit ::kontor::Mark mark{text, {0}}; \
    mark.count.store(mark.count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed); \
  } while (false)
