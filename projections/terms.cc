#include "projections/terms.h"

#include "rule_generated.h"

#include "projections/fold.h"
#include "projections/load_check.h"

namespace kontor {

void TermsBook::on(const Envelope& by, const TermsDefined& event) {
  if (event.ordinal() == names_.size()) {
    names_.add(view(event.terms()));
    terms_.emplace_back();
  }
  Terms& terms = terms_.at(event.ordinal());
  const auto lines = run(event.lines());
  terms.lines.assign(lines.begin(), lines.end());
  terms.label = view(event.label());
  terms.currency = CurrencyCode{event.currency()};
  terms.last_change = by.sequence;
  ++terms.version;
  if (event.book_default()) default_ = TermsId{event.ordinal()};
}

std::optional<TermsId> TermsBook::find(std::string_view name) const {
  const auto found = names_.find(name);
  return found ? std::optional(TermsId{*found}) : std::nullopt;
}

void TermsBook::save(Sink& out) const {
  names_.save(out);
  for (const Terms& terms : terms_) {
    out.text(terms.label);
    out.pod(std::uint64_t{terms.lines.size()});
    out.write(std::as_bytes(std::span(terms.lines)));
    out.pod(terms.currency.value());
    out.pod(terms.last_change.value());
    out.pod(terms.version);
  }
  out.pod(default_.value());
}

void TermsBook::load(Source& in) {
  names_.load(in);
  terms_.assign(names_.size(), Terms{});
  for (Terms& terms : terms_) {
    in.text(terms.label);
    in.pods(terms.lines);
    in.pod(terms.currency);
    in.pod(terms.last_change);
    in.pod(terms.version);
  }
  in.pod(default_);
  in.expect(is_one_of_or_none(default_, count()) && check_invariants().ok());
}

Status TermsBook::check_invariants() const {
  for (const Terms& terms : terms_) {
    if (terms.lines.empty()) return broken("payment terms without instalments");
  }
  return {};
}

}  // namespace kontor
