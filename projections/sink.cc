#include "projections/sink.h"

#include <openssl/evp.h>

#include "events/base/assert.h"

namespace kontor {

struct DigestSink::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
};

DigestSink::DigestSink() : state_(std::make_unique<State>()) {
  KONTOR_ASSERT(EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) == 1);
}

DigestSink::~DigestSink() {
  EVP_MD_CTX_free(state_->context);
}

void DigestSink::write(std::span<const std::byte> bytes) {
  KONTOR_ASSERT(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

Digest DigestSink::digest() {
  Digest out{};
  KONTOR_ASSERT(EVP_DigestFinal_ex(state_->context, out.data(), nullptr) == 1);
  return out;
}

std::string hex(const Digest& digest) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t byte : digest) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

}  // namespace kontor
