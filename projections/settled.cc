#include "projections/settled.h"

#include <algorithm>

#include "events/base/assert.h"
#include "projections/tables.h"

namespace kontor {
namespace {

std::uint32_t front_of(std::uint64_t hash) {
  return static_cast<std::uint32_t>(hash >> (64 - HashSet::kHashBits));
}

}  // namespace

void SettledDocuments::add(std::string_view name, std::uint64_t birth, bool again,
                           Sequence touched) {
  ++count_;
  const std::uint64_t hash = hash_bytes(name);
  if (told_.recently != nullptr) {
    KONTOR_ASSERT(touched.value() >= birth);
    told_.recently->add(told_.book, told_.kind, hash, touched);
  }
  if (!again) return names_.add(front_of(hash));
  if (!left_again(name, birth)) again_.add(name, birth);
}

bool SettledDocuments::may_have(std::string_view name) const {
  return count_ != 0 && names_.contains(front_of(hash_bytes(name)));
}

void SettledDocuments::prefetch(std::string_view name, Prefetch step) const {
  if (count_ != 0) names_.prefetch(front_of(hash_bytes(name)), step);
}

bool SettledDocuments::left_again(std::string_view name, std::uint64_t birth) const {
  const auto births = again_.find(name);
  return std::find(births.begin(), births.end(), birth) != births.end();
}

void SettledDocuments::save(Sink& out) const {
  names_.save(out);
  again_.save(out);
  out.pod(count_);
}

void SettledDocuments::load(Source& in) {
  names_.load(in);
  again_.load(in);
  in.pod(count_);
}

}  // namespace kontor
