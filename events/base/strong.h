// Strong<Tag, Rep>: a number with a meaning. Nothing converts into it or out of it by itself.
#pragma once

#include <compare>
#include <functional>

namespace kontor {

template <class Tag, class Rep>
class Strong {
 public:
  using rep = Rep;  // NOLINT(readability-identifier-naming)
  constexpr Strong() = default;
  constexpr explicit Strong(Rep value) : value_(value) {}
  constexpr Rep value() const { return value_; }
  friend constexpr auto operator<=>(Strong, Strong) = default;

 private:
  Rep value_{};
};

}  // namespace kontor

template <class Tag, class Rep>
struct std::hash<kontor::Strong<Tag, Rep>> {
  std::size_t operator()(kontor::Strong<Tag, Rep> v) const noexcept {
    return std::hash<Rep>{}(v.value());
  }
};
