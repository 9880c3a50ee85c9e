#include "events/base/mark.h"

// The linker's names for where a section begins and ends; absent when nothing is marked.
extern "C" {
[[gnu::weak]] extern kontor::Mark __start_kontor_marks;  // NOLINT
[[gnu::weak]] extern kontor::Mark __stop_kontor_marks;   // NOLINT
}

namespace kontor {

std::span<Mark> all_marks() {
  Mark* const begin = &__start_kontor_marks;
  Mark* const end = &__stop_kontor_marks;
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace kontor
