// The records in a vector whose free places have ref 0, for loops over all of them.
#pragma once

#include <cstddef>
#include <vector>

namespace kontor {

template <class Record>
class Places {
 public:
  class Iterator {
   public:
    Iterator(const Record* at, const Record* end) : at_(at), end_(end) { skip(); }
    const Record& operator*() const { return *at_; }
    const Record* operator->() const { return at_; }
    Iterator& operator++() {
      ++at_;
      skip();
      return *this;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    void skip() {
      while (at_ != end_ && at_->ref == 0)
        ++at_;
    }
    const Record* at_;
    const Record* end_;
  };

  Places(const std::vector<Record>& records, std::size_t used)
      : begin_(records.data()), end_(records.data() + records.size()), used_(used) {}
  Iterator begin() const { return {begin_, end_}; }
  Iterator end() const { return {end_, end_}; }
  std::size_t size() const { return used_; }
  bool empty() const { return used_ == 0; }

 private:
  const Record* begin_;
  const Record* end_;
  std::size_t used_;
};

}  // namespace kontor
