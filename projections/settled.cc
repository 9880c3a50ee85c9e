#include "projections/settled.h"

#include <algorithm>

#include "projections/tables.h"

namespace kontor {
namespace {

std::uint32_t hash_of(std::string_view name) {
  return static_cast<std::uint32_t>(hash_bytes(name) >> (64 - HashSet::kHashBits));
}

}  // namespace

void SettledDocuments::add(std::string_view name, std::uint64_t birth, bool again) {
  ++count_;
  if (!again) return names_.add(hash_of(name));
  if (!left_again(name, birth)) again_.add(name, birth);
}

bool SettledDocuments::may_have(std::string_view name) const {
  return count_ != 0 && names_.contains(hash_of(name));
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
