// How projections put their state into bytes and take it back. The state's digest is SHA-256 over
// what `save` writes, so save writes everything a later decision could see, in one order, and
// nothing else.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "events/base/result.h"

namespace kontor {

class Sink {
 public:
  virtual ~Sink() = default;
  virtual void write(std::span<const std::byte> bytes) = 0;

  // A plain value without padding bytes, whose memory is its meaning.
  template <class T>
  void pod(const T& value) {
    static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>);
    write(std::as_bytes(std::span(&value, 1)));
  }
  template <class T>
  void pods(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>);
    pod(std::uint64_t{values.size()});
    write(std::as_bytes(std::span(values)));
  }
  void text(std::string_view value) {
    pod(std::uint64_t{value.size()});
    write(std::as_bytes(std::span(value)));
  }
};

// Reads what a Sink wrote. The first thing that does not fit makes it fail, and every later read
// give zeros; the caller asks once, at the end.
class Source {
 public:
  explicit Source(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <class T>
  void pod(T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    copy(&value, sizeof value);
  }
  template <class T>
  void pods(std::vector<T>& values) {
    const std::uint64_t count = size_of_run(sizeof(T));
    values.resize(count);
    if (count > 0) copy(values.data(), count * sizeof(T));
  }
  void text(std::string& value) {
    const std::uint64_t size = size_of_run(1);
    value.resize(size);
    if (size > 0) copy(value.data(), size);
  }
  // The same without a copy; valid as long as the bytes are.
  std::string_view text() {
    const std::uint64_t size = size_of_run(1);
    const std::string_view out(reinterpret_cast<const char*>(bytes_.data()), size);
    bytes_ = bytes_.subspan(size);
    return out;
  }
  // A count of things of at least `bytes_each`; 0 and failed when more than can be left.
  std::uint64_t size_of_run(std::size_t bytes_each) {
    std::uint64_t count = 0;
    pod(count);
    if (count > bytes_.size() / bytes_each) {
      fail();
      return 0;
    }
    return count;
  }
  void fail() { failed_ = true; }
  bool ok() const { return !failed_; }
  bool at_end() const { return bytes_.empty(); }
  // Fails unless it holds.
  void expect(bool holds) { failed_ = failed_ || !holds; }

 private:
  void copy(void* to, std::size_t size) {
    if (failed_ || size > bytes_.size()) {
      failed_ = true;
      std::memset(to, 0, size);
      return;
    }
    std::memcpy(to, bytes_.data(), size);
    bytes_ = bytes_.subspan(size);
  }

  std::span<const std::byte> bytes_;
  bool failed_ = false;
};

using Digest = std::array<std::uint8_t, 32>;

class DigestSink final : public Sink {
 public:
  DigestSink();
  ~DigestSink() override;
  void write(std::span<const std::byte> bytes) override;
  Digest digest();  // once, at the end

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class BufferSink final : public Sink {
 public:
  void write(std::span<const std::byte> bytes) override {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

std::string hex(const Digest& digest);

}  // namespace kontor
