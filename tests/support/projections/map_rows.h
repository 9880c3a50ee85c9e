// MapRows: the rows of a view in memory, for tests of folds; and a view told decision by decision.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "projections/views/view.h"

namespace kontor::test {

class MapRows final : public RowSource {
 public:
  Result<std::optional<std::string>> get(std::string_view key) const override {
    const auto found = rows_.find(key);
    if (found == rows_.end()) return std::optional<std::string>{};
    return std::optional(found->second);
  }
  Status scan(std::string_view from, std::string_view to, const Visit& visit) const override {
    for (auto at = rows_.lower_bound(from); at != rows_.end() && at->first < to; ++at) {
      if (!visit(at->first, at->second)) return {};
    }
    return {};
  }
  Result<std::optional<std::string>> last_key(std::string_view from,
                                              std::string_view to) const override {
    const auto after = rows_.lower_bound(to);
    if (after == rows_.begin() || std::prev(after)->first < from)
      return std::optional<std::string>{};
    return std::optional(std::prev(after)->first);
  }

  // Takes what the view has folded; checks that it comes sorted, each key once.
  void take(View& view) {
    std::string last;
    const Status drained = view.drain([&](std::string_view key, std::string_view value) -> Status {
      EXPECT_LT(last, key);
      last = key;
      rows_.insert_or_assign(std::string(key), std::string(value));
      return {};
    });
    EXPECT_TRUE(drained.ok());
  }
  // The rows as they are compared: apart from where batches ended.
  std::map<std::string, std::string> expanded(const View& view) const {
    std::map<std::string, std::string> out;
    for (const auto& [key, value] : rows_) {
      const Status expanded =
          view.expand(key, value, [&](std::string_view k, std::string_view v) -> Status {
            EXPECT_TRUE(out.emplace(k, v).second) << "a row twice";
            return {};
          });
      EXPECT_TRUE(expanded.ok());
    }
    return out;
  }
  std::map<std::string, std::string, std::less<>>& rows() { return rows_; }

 private:
  std::map<std::string, std::string, std::less<>> rows_;
};

}  // namespace kontor::test
