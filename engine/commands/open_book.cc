// OpenBook is decided twice in one commit: book 0 registers the name and number, and the new book
// opens itself with the rules that every book starts with.
#include "book_generated.h"
#include "open_book_generated.h"
#include "rule_generated.h"

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "events/base/currency.h"
#include "events/base/limits.h"
#include "projections/fold.h"

namespace kontor {
namespace {

void register_book(Step& step, const OpenBook& command) {
  const std::string_view name = view(command.book());
  expect_identifier(step, Subject::book, name);
  expect_text(step, "legal_name", view(command.legal_name()));
  expect_version(step, 0, Subject::book, name);
  const NameTable& known = step.book().calendar().registered();
  if (known.find(name)) step.refuse(about(ReasonCode::book_exists, Subject::book, name));
  if (known.size() >= limits::kBooksMax) {
    step.refuse(about(ReasonCode::too_many, Subject::book, name));
  }
  if (!find_currency(CurrencyCode{command.currency()})) {
    step.refuse(
        about(ReasonCode::unknown_currency, Subject::currency, std::to_string(command.currency())));
  }
  const bool week_ok = command.first_day_of_week() >= 1 && command.first_day_of_week() <= 7;
  const bool month_ok =
      command.fiscal_year_first_month() >= 1 && command.fiscal_year_first_month() <= 12;
  if (!week_ok)
    step.refuse(about(ReasonCode::invalid_value, Subject::book, "first_day_of_week 1 to 7"));
  if (!month_ok) {
    step.refuse(about(ReasonCode::invalid_value, Subject::book, "fiscal_year_first_month 1 to 12"));
  }
  const std::uint64_t kept = command.outcomes_kept();
  if (kept != 0 && (kept < limits::kOutcomesKeptMin || kept > limits::kOutcomesKeptMax)) {
    step.refuse(about(ReasonCode::invalid_value, Subject::book, "outcomes_kept 16 to 16777216"));
  }
  const std::uint64_t settled = command.settled_kept();
  if (settled != 0 && (settled < limits::kSettledKeptMin || settled > limits::kSettledKeptMax)) {
    step.refuse(about(ReasonCode::invalid_value, Subject::book, "settled_kept 16 to 1048576"));
  }
  if (step.refused()) return;

  const std::uint32_t number = known.size() + 1;
  step.emit<BookRegistered>(0, [&](flatbuffers::FlatBufferBuilder& out) {
    return CreateBookRegistered(out, number, text(out, name));
  });
}

// A rule every book begins with: one condition, on a figure that carries its own threshold.
struct FirstRule {
  std::uint32_t ordinal;
  std::string_view name;
  std::string_view label;
  Figure figure;
  Outcome outcome;
};

void set_rule(Step& step, const FirstRule& first) {
  step.emit<RuleSet>(ordinal_reference(first.ordinal), [&](flatbuffers::FlatBufferBuilder& out) {
    const auto rule = text(out, first.name);
    const auto words = text(out, first.label);
    const auto conditions = out.CreateVector(std::vector{CreateCondition(out, first.figure)});
    flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<Tier>>> tiers;
    if (first.outcome == Outcome::ask) {
      const auto roles = out.CreateVectorOfStrings(std::vector<std::string>{"approver"});
      const auto groups = out.CreateVector(std::vector{CreateApproverGroup(out, 0, roles)});
      tiers = out.CreateVector(std::vector{CreateTier(out, 1, groups)});
    }
    RuleSetBuilder event(out);
    event.add_ordinal(first.ordinal);
    event.add_rule(rule);
    event.add_label(words);
    event.add_conditions(conditions);
    event.add_outcome(first.outcome);
    event.add_tiers(tiers);
    event.add_version(1);
    return event.Finish();
  });
}

// Invoices, payments and credit notes leave memory when they are settled, as orders do.
constexpr std::uint8_t kSettledRule = 1;

// By the clock it is the earliest day it can be anywhere: the server opens the local one at once,
// and a day never goes back.
Date first_day(const OpenBook& command, Timestamp recorded_at) {
  const std::int32_t given = command.first_business_date();
  if (given != kNoDate.value()) return Date{given};
  if (command.calendar() == CalendarMode::manual) return day_of(recorded_at);
  return day_of(Timestamp{recorded_at.value() - kNanosecondsPerDay / 2});
}

void open_book(Step& step, const OpenBook& command) {
  const Date first = first_day(command, step.context().recorded_at);
  // Said in the event, so that books of logs that do not say it keep all they have.
  const std::uint64_t settled_kept =
      command.settled_kept() == 0 ? limits::kSettledKept : command.settled_kept();
  step.emit<BookOpened>(0, [&](flatbuffers::FlatBufferBuilder& out) {
    const auto book = text(out, view(command.book()));
    const auto legal_name = text(out, view(command.legal_name()));
    const auto country = text(out, view(command.country()));
    const std::string_view admin = view(command.administrator());
    const auto administrator = text(out, admin.empty() ? step.actor_name() : admin);
    const std::string_view zone = view(command.time_zone());
    const auto time_zone = text(out, zone.empty() ? std::string_view("UTC") : zone);
    return CreateBookOpened(out, book, legal_name, country, command.currency(), administrator,
                            command.calendar(), time_zone, first.value(),
                            command.first_day_of_week(), command.fiscal_year_first_month(),
                            command.outcomes_kept(), settled_kept, kSettledRule);
  });
  set_rule(step, {0, "order-limit", "Above the buyer's order limit, an approver is asked",
                  Figure::over_order_limit, Outcome::ask});
  set_rule(step, {1, "credit-limit", "Above the payer's credit limit, the order is held",
                  Figure::exposure_over_limit, Outcome::hold});
}

}  // namespace

void decide(Step& step, const OpenBook& command) {
  if (step.book().number() == BookNumber{0}) return register_book(step, command);
  open_book(step, command);
}

}  // namespace kontor
