// The figures by subject, for the registry (engine/rules/figures.cc).
#pragma once

#include "engine/rules/figures.h"

namespace kontor::figures {

// ---- of the order (engine/rules/figures_of_order.cc)
FigureReading total_with_tax(const Book&, const OrderFacts&, const RuleCondition&);
FigureReading total_without_tax(const Book&, const OrderFacts&, const RuleCondition&);
FigureReading line_price(const Book&, const OrderFacts&, const RuleCondition&);
FigureReading distinct_items(const Book&, const OrderFacts&, const RuleCondition&);
FigureReading weight(const Book&, const OrderFacts&, const RuleCondition&);
FigureReading freight(const Book&, const OrderFacts&, const RuleCondition&);
FigureReading terms(const Book&, const OrderFacts&, const RuleCondition&);
FigureReading settlement(const Book&, const OrderFacts&, const RuleCondition&);
FigureReading days_to_requested_date(const Book&, const OrderFacts&, const RuleCondition&);
FigureReading ship_to_country(const Book&, const OrderFacts&, const RuleCondition&);
FigureReading recurring(const Book&, const OrderFacts&, const RuleCondition&);
FigureReading cost_centre(const Book&, const OrderFacts&, const RuleCondition&);
FigureReading orderer_role(const Book&, const OrderFacts&, const RuleCondition&);
FigureReading over_order_limit(const Book&, const OrderFacts&, const RuleCondition&);
FigureReading terms_longer_than_standard(const Book&, const OrderFacts&, const RuleCondition&);
FigureReading total_against_class_average(const Book&, const OrderFacts&, const RuleCondition&);

// ---- of the payer (engine/rules/figures_of_payer.cc)
// The default credit rule: against the limits that credit.tree names, unless the condition names
// accounts of its own.
FigureReading exposure_over_limit(const Book&, const OrderFacts&, const RuleCondition&, AccountOf);
FigureReading exposure_after_order(const Book&, const OrderFacts&, const RuleCondition&, AccountOf);
FigureReading limit_used_percent(const Book&, const OrderFacts&, const RuleCondition&, AccountOf);
FigureReading bucket_exposure(const Book&, const OrderFacts&, const RuleCondition&, AccountOf);
FigureReading credit_standing(const Book&, const OrderFacts&, const RuleCondition&, AccountOf);
FigureReading limit_expired(const Book&, const OrderFacts&, const RuleCondition&, AccountOf);
FigureReading review_date_passed(const Book&, const OrderFacts&, const RuleCondition&, AccountOf);
FigureReading paid_invoices(const Book&, const OrderFacts&, const RuleCondition&, AccountOf);

// ---- of what the payer is late with (engine/rules/figures_of_overdue.cc)
FigureReading oldest_overdue_days(const Book&, const OrderFacts&, const RuleCondition&, AccountOf);
FigureReading overdue_amount(const Book&, const OrderFacts&, const RuleCondition&, AccountOf);
FigureReading overdue_share(const Book&, const OrderFacts&, const RuleCondition&, AccountOf);

// ---- what several of them do (engine/rules/figures.cc)
// Money in `currency` against the condition's amount.
FigureReading money(const Book& book, const RuleCondition& condition, Minor found,
                    CurrencyCode currency);
FigureReading count(std::int64_t found, const RuleCondition& condition);
FigureReading days(std::int64_t found, const RuleCondition& condition);
// The part against the condition's percentage of the whole, compared exactly; whole > 0.
FigureReading percent(Int128 part, Int128 whole, const RuleCondition& condition);
// Matches where one of the condition's names is the figure's.
FigureReading name(std::string_view found, const RuleCondition& condition);
// Without a threshold: it is so.
FigureReading phrase(bool is_so);
// About the company whose account it was read from.
FigureReading about_account(const Book& book, FigureReading reading, CompanyId company);

}  // namespace kontor::figures
