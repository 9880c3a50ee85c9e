// Payment terms by name. Folds TermsDefined. A new definition is the next version of the name; what
// was invoiced under an older one keeps the dates it was given.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "projections/envelope.h"
#include "projections/sink.h"
#include "projections/tables.h"

namespace kontor {

struct TermsDefined;

struct Terms {
  std::string label;
  std::vector<TermsLine> lines;
  CurrencyCode currency;
  Sequence last_change;
  std::uint32_t version = 0;
};

class TermsBook {
 public:
  static constexpr std::uint32_t kNumber = 5;

  void on(const Envelope& by, const TermsDefined& event);

  std::optional<TermsId> find(std::string_view name) const;
  const Terms& terms(TermsId id) const { return terms_.at(id.value()); }
  std::string_view name(TermsId id) const { return names_.name(id.value()); }
  std::uint32_t count() const { return names_.size(); }
  TermsId book_default() const { return default_; }  // may be none: due at once

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  NameTable names_;
  std::vector<Terms> terms_;
  TermsId default_ = no_id<TermsId>();
};

}  // namespace kontor
