#include "tests/simulation/encode.h"

#include <algorithm>
#include <string>
#include <vector>

#include <flatbuffers/flatbuffers.h>

#include "engine/step.h"
#include "events/codec/bodies.h"
#include "events/codec/catalog.h"
#include "projections/policies.h"
#include "tests/simulation/encode_wishes.h"

namespace kontor::test {
namespace {

auto write(Builder& out, const m::OpenBook& c) {
  const auto book = text(out, c.book);
  OpenBookBuilder body(out);
  body.add_book(book);
  body.add_currency(c.currency);
  body.add_calendar(c.by_clock ? CalendarMode::clock : CalendarMode::manual);
  body.add_first_business_date(c.first_day);
  body.add_fiscal_year_first_month(static_cast<std::uint8_t>(c.first_month));
  body.add_first_day_of_week(static_cast<std::uint8_t>(c.first_weekday));
  body.add_settled_kept(static_cast<std::uint64_t>(c.settled_kept));
  body.add_outcomes_kept(static_cast<std::uint64_t>(c.outcomes_kept));
  return body.Finish();
}

auto write(Builder& out, const m::RegisterCompany& c) {
  const auto company = text(out, c.company);
  const auto country = text(out, c.country);
  const auto parent = text(out, c.parent);
  const auto default_payer = text(out, c.default_payer);
  const auto allowed_payers = names(out, c.allowed_payers);
  const auto terms = text(out, c.terms);
  const auto allowed_terms = names(out, c.allowed_terms);
  const auto price_lists = names(out, c.price_lists);
  const auto assortments = names(out, c.assortments);
  const auto tags = names(out, c.tags);
  const auto company_class = text(out, c.company_class);
  const auto region = text(out, c.region);
  return CreateRegisterCompany(out, company, 0, country, 0, static_cast<TaxRegime>(c.regime),
                               c.currency, parent, default_payer, allowed_payers, terms,
                               allowed_terms, price_lists, assortments, tags, company_class, region,
                               c.on_hold ? CreditStanding::hold : CreditStanding::good,
                               static_cast<CompanyStatus>(c.status));
}

auto write(Builder& out, const m::SetCreditLimit& c) {
  const auto company = text(out, c.company);
  return CreateSetCreditLimit(out, company, amount(c.limit), c.currency, day(c.expires),
                              day(c.review));
}

auto write(Builder& out, const m::RegisterBuyer& c) {
  const auto buyer = text(out, c.buyer);
  const auto company = text(out, c.company);
  std::vector<flatbuffers::Offset<RoleGrant>> roles;
  for (const m::Role& role : c.roles) {
    roles.push_back(CreateRoleGrant(out, text(out, role.role), static_cast<RoleReach>(role.reach),
                                    role.may_override));
  }
  const auto grants = out.CreateVector(roles);
  const auto cost_centre = text(out, c.cost_centre);
  return CreateRegisterBuyer(out, buyer, company, 0, grants, amount(c.order_limit),
                             amount(c.period_limit), c.currency, static_cast<PeriodKind>(c.period),
                             cost_centre, c.active ? PersonStatus::active : PersonStatus::inactive);
}

auto write(Builder& out, const m::RegisterCostCentre& c) {
  const auto cost_centre = text(out, c.cost_centre);
  const auto company = text(out, c.company);
  const auto owner = text(out, c.owner);
  return CreateRegisterCostCentre(out, cost_centre, company, 0, owner, c.mandatory,
                                  c.active ? CostCentreStatus::active : CostCentreStatus::inactive);
}

auto write(Builder& out, const m::SetBudget& c) {
  const auto budget = text(out, c.budget);
  const auto cost_centres = names(out, c.cost_centres);
  return CreateSetBudget(out, budget, 0, c.amount, c.currency, day(c.valid_from), day(c.valid_to),
                         cost_centres, c.active ? BudgetStatus::active : BudgetStatus::inactive);
}

// What is stated is there, also where it is zero; what is not is left out.
auto write_condition(Builder& out, const m::Condition& c) {
  flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>> list;
  if (c.names) list = names(out, *c.names);
  ConditionBuilder body(out);
  body.add_figure(static_cast<Figure>(c.figure));
  body.add_operator_(static_cast<Operator>(c.compare));
  body.add_currency(c.currency);
  body.add_bucket(static_cast<Bucket>(c.bucket));
  body.add_whose(static_cast<Whose>(c.whose));
  body.add_grace_days(c.grace);
  out.ForceDefaults(true);
  if (c.amount) body.add_amount(*c.amount);
  if (c.percent) body.add_percent(static_cast<std::int32_t>(*c.percent));
  if (c.days) body.add_days(static_cast<std::int32_t>(*c.days));
  if (c.count) body.add_count(*c.count);
  out.ForceDefaults(false);
  if (c.names) body.add_names(list);
  return body.Finish();
}

auto write(Builder& out, const m::SetRule& c) {
  std::vector<flatbuffers::Offset<Condition>> conditions;
  for (const m::Condition& condition : c.conditions) {
    conditions.push_back(write_condition(out, condition));
  }
  std::vector<flatbuffers::Offset<Tier>> tiers;
  for (const m::Tier& tier : c.tiers) {
    std::vector<flatbuffers::Offset<ApproverGroup>> groups;
    for (const m::Group& group : tier.groups) {
      const auto people = names(out, group.people);
      const auto roles = names(out, group.roles);
      groups.push_back(CreateApproverGroup(out, people, roles, group.cost_centre_owner, group.climb,
                                           static_cast<std::uint16_t>(group.needed)));
    }
    tiers.push_back(
        CreateTier(out, static_cast<std::uint16_t>(tier.number), out.CreateVector(groups)));
  }
  const auto condition_list = out.CreateVector(conditions);
  const auto tier_list = out.CreateVector(tiers);
  const auto rule = text(out, c.rule);
  const auto scope = text(out, c.scope);
  const auto exclude = text(out, c.exclude);
  return CreateSetRule(out, rule, 0, static_cast<ScopeKind>(c.scope_kind), scope,
                       static_cast<Moment>(c.moment), condition_list,
                       static_cast<Outcome>(c.outcome), static_cast<std::int32_t>(c.deposit),
                       tier_list, exclude, day(c.valid_from), day(c.valid_to), c.withdrawn);
}

auto write(Builder& out, const m::SetPolicy& c) {
  const auto registry = policy_registry();
  const auto row = std::find_if(registry.begin(), registry.end(), [&](const PolicyRule& rule) {
    return policy_name(rule.key) == c.policy;
  });
  KONTOR_ASSERT(row != registry.end());
  const auto value = text(out, c.value);
  const auto scope = text(out, c.scope);
  return CreateSetPolicy(out, row->key, value, static_cast<ScopeKind>(c.scope_kind), scope);
}

auto write(Builder& out, const m::DefineTerms& c) {
  std::vector<TermsLine> lines;
  for (const m::TermsLine& line : c.lines) {
    lines.emplace_back(line.amount, static_cast<std::int32_t>(line.percent),
                       static_cast<std::int16_t>(line.months), static_cast<std::int16_t>(line.days),
                       static_cast<std::int16_t>(line.days_last),
                       static_cast<InstalmentKind>(line.part), line.month_end_first,
                       line.month_end_last, static_cast<DayRule>(line.day_rule),
                       static_cast<std::uint8_t>(line.day_of_month), TermsStart::invoice);
  }
  const auto terms = text(out, c.terms);
  const auto list = structs(out, lines);
  return CreateDefineTerms(out, terms, 0, 0, list, c.book_default);
}

auto write(Builder& out, const m::RegisterItem& c) {
  const auto item = text(out, c.item);
  const auto tax_category = text(out, c.tax_category);
  const auto category = text(out, c.category);
  return CreateRegisterItem(out, item, 0, 0, static_cast<std::uint8_t>(c.decimals), tax_category,
                            category, c.minimum, c.maximum, c.multiple,
                            static_cast<ItemKind>(c.kind), 0, c.weight,
                            c.active ? ItemStatus::active : ItemStatus::inactive, c.freight);
}

auto write(Builder& out, const m::DefineAssortment& c) {
  const auto assortment = text(out, c.assortment);
  const auto items = names(out, c.items);
  const auto categories = names(out, c.categories);
  const auto companies = names(out, c.companies);
  const auto tags = names(out, c.tags);
  return CreateDefineAssortment(out, assortment, 0, items, categories, companies, tags);
}

auto write(Builder& out, const m::SetTaxRate& c) {
  const auto category = text(out, c.category);
  const auto country = text(out, c.country);
  return CreateSetTaxRate(out, category, static_cast<TaxRegime>(c.regime), country,
                          static_cast<std::int32_t>(c.rate), day(c.valid_from));
}

auto write(Builder& out, const m::SetPrice& c) {
  std::vector<PriceBreak> breaks;
  for (const m::Break& price : c.breaks)
    breaks.emplace_back(price.from_quantity, price.unit_price);
  const auto list = text(out, c.list);
  const auto item = text(out, c.item);
  const auto prices = structs(out, breaks);
  return CreateSetPrice(out, list, c.currency, item, prices, day(c.valid_from), day(c.valid_to));
}

auto write(Builder& out, const m::RegisterWarehouse& c) {
  const auto warehouse = text(out, c.warehouse);
  const auto regions = names(out, c.regions);
  return CreateRegisterWarehouse(out, warehouse, 0, regions, c.priority, c.lead_time_days,
                                 c.active ? WarehouseStatus::active : WarehouseStatus::inactive);
}

auto write(Builder& out, const m::ReceiveStock& c) {
  Pool pool;
  std::vector<ReceivedLine> lines;
  for (const m::ItemQuantity& line : c.lines)
    lines.emplace_back(line.quantity, pool.of(line.item));
  const auto receipt = text(out, c.receipt);
  const auto warehouse = text(out, c.warehouse);
  const auto list = structs(out, lines);
  return CreateReceiveStock(out, pool.write(out), receipt, warehouse, list);
}

auto write(Builder& out, const m::ApproveOrder& c) {
  return CreateApproveOrder(out, text(out, c.order));
}
auto write(Builder& out, const m::RejectOrder& c) {
  return CreateRejectOrder(out, text(out, c.order));
}

auto write(Builder& out, const m::WithdrawApproval& c) {
  return CreateWithdrawApproval(out, text(out, c.order));
}
auto write(Builder& out, const m::OverrideApproval& c) {
  return CreateOverrideApproval(out, text(out, c.order));
}

auto write(Builder& out, const m::RegisterStaff& c) {
  std::vector<flatbuffers::Offset<StaffGrant>> roles;
  for (const m::StaffRole& role : c.roles) {
    std::vector<flatbuffers::Offset<ActLimit>> limits;
    for (const m::ActLimit& limit : role.limits) {
      limits.push_back(
          CreateActLimit(out, static_cast<SellerAct>(limit.act), amount(limit.amount)));
    }
    const auto name = text(out, role.role);
    roles.push_back(CreateStaffGrant(out, name, out.CreateVector(limits)));
  }
  const auto staff = text(out, c.staff);
  const auto grants = out.CreateVector(roles);
  return CreateRegisterStaff(out, staff, 0, grants, c.currency,
                             c.active ? PersonStatus::active : PersonStatus::inactive);
}

auto write(Builder& out, const m::CancelOrder& c) {
  std::vector<CancelLine> lines;
  for (const m::LineQuantity& line : c.lines)
    lines.emplace_back(line.quantity, static_cast<std::uint32_t>(line.line), 0);
  const auto order = text(out, c.order);
  const auto cancellation = text(out, c.cancellation);
  return CreateCancelOrder(out, order, cancellation, structs(out, lines));
}

template <class Part>
std::vector<Part> parts(const std::vector<m::PartOfLine>& values, Pool& pool) {
  std::vector<Part> out;
  for (const m::PartOfLine& part : values) {
    out.emplace_back(part.quantity, static_cast<std::uint32_t>(part.line), pool.of(part.warehouse));
  }
  return out;
}

auto write(Builder& out, const m::AllocateOrder& c) {
  Pool pool;
  const auto list = structs(out, parts<AllocatePart>(c.parts, pool));
  const auto order = text(out, c.order);
  return CreateAllocateOrder(out, pool.write(out), order, list);
}

auto write(Builder& out, const m::ShipOrder& c) {
  Pool pool;
  const auto list = structs(out, parts<ShipLine>(c.lines, pool));
  std::vector<ShipCharge> charges;
  for (const m::LineQuantity& charge : c.charges)
    charges.emplace_back(charge.quantity, static_cast<std::uint32_t>(charge.line), 0);
  const auto charge_list = structs(out, charges);
  const auto order = text(out, c.order);
  const auto shipment = text(out, c.shipment);
  return CreateShipOrder(out, pool.write(out), order, shipment, list, charge_list);
}

auto write(Builder& out, const m::RetryOrder& c) {
  return CreateRetryOrder(out, text(out, c.order));
}

auto write(Builder& out, const m::HoldOrder& c) {
  return CreateHoldOrder(out, text(out, c.order));
}

auto write(Builder& out, const m::ReleaseReservation& c) {
  Pool pool;
  const auto list = structs(out, parts<ReleaseLine>(c.lines, pool));
  const auto order = text(out, c.order);
  const auto release = text(out, c.release);
  return CreateReleaseReservation(out, pool.write(out), order, release, list);
}

auto write(Builder& out, const m::CountStock& c) {
  Pool pool;
  std::vector<CountedLine> lines;
  for (const m::ItemQuantity& line : c.lines)
    lines.emplace_back(line.quantity, pool.of(line.item));
  const auto count = text(out, c.count);
  const auto warehouse = text(out, c.warehouse);
  const auto list = structs(out, lines);
  return CreateCountStock(out, pool.write(out), count, warehouse, list);
}

auto write(Builder& out, const m::AmendOrder& c) {
  Pool pool;
  std::vector<AmendLine> lines;
  for (const m::AmendLine& line : c.lines) {
    const std::uint32_t item = line.item.empty() ? kNoOrdinal : pool.of(line.item);
    lines.emplace_back(line.quantity, amount(line.unit_price),
                       static_cast<std::uint32_t>(line.line), item);
  }
  const auto order = text(out, c.order);
  const auto amendment = text(out, c.amendment);
  const auto region = text(out, c.region);
  const auto country = text(out, c.country);
  const auto cost_centre = text(out, c.cost_centre);
  const auto list = structs(out, lines);
  return CreateAmendOrder(out, pool.write(out), order, amendment, c.currency, day(c.requested),
                          region, 0, country, cost_centre, 0, list);
}

auto write(Builder& out, const m::ReleaseHold& c) {
  return CreateReleaseHold(out, text(out, c.order), day(c.expires));
}

auto write(Builder& out, const m::ReturnGoods& c) {
  std::vector<ReturnLine> lines;
  for (const m::ReturnLine& line : c.lines) {
    lines.emplace_back(line.quantity, static_cast<std::uint32_t>(line.line),
                       static_cast<Disposition>(line.disposition));
  }
  const auto order = text(out, c.order);
  const auto name = text(out, c.goods_return);
  const auto warehouse = text(out, c.warehouse);
  return CreateReturnGoods(out, order, name, warehouse, structs(out, lines));
}

auto write(Builder& out, const m::InvoiceOrder& c) {
  std::vector<BillLine> lines;
  for (const m::LineQuantity& line : c.lines)
    lines.emplace_back(line.quantity, static_cast<std::uint32_t>(line.line), 0);
  const auto order = text(out, c.order);
  const auto invoice = text(out, c.invoice);
  return CreateInvoiceOrder(out, order, invoice, structs(out, lines));
}

std::vector<PayOrder> orders_of(Pool& pool, const std::vector<m::PayOrder>& orders) {
  std::vector<PayOrder> out;
  for (const m::PayOrder& order : orders)
    out.emplace_back(amount(order.amount), pool.of(order.order), 0);
  return out;
}

auto write(Builder& out, const m::RecordPayment& c) {
  Pool pool;
  std::vector<PayInvoice> invoices;
  for (const m::PayInvoice& invoice : c.invoices)
    invoices.emplace_back(amount(invoice.amount), pool.of(invoice.invoice), 0);
  const auto payment = text(out, c.payment);
  const auto payer = text(out, c.payer);
  const auto list = structs(out, invoices);
  const auto orders = structs(out, orders_of(pool, c.orders));
  return CreateRecordPayment(out, pool.write(out), payment, payer, c.amount, c.currency, list, 0,
                             orders);
}

auto write(Builder& out, const m::ApplyCredit& c) {
  Pool pool;
  std::vector<PayInvoice> invoices;
  for (const m::PayInvoice& invoice : c.invoices)
    invoices.emplace_back(amount(invoice.amount), pool.of(invoice.invoice), 0);
  const auto application = text(out, c.application);
  const auto payment = text(out, c.payment);
  const auto note = text(out, c.credit_note);
  const auto list = structs(out, invoices);
  const auto orders = structs(out, orders_of(pool, c.orders));
  return CreateApplyCredit(out, pool.write(out), application, payment, note, c.currency, list,
                           orders);
}

auto write(Builder& out, const m::UndoApplication& c) {
  const auto undo = text(out, c.undo);
  const auto payment = text(out, c.payment);
  const auto note = text(out, c.credit_note);
  const auto invoice = text(out, c.invoice);
  return CreateUndoApplication(out, undo, payment, note, invoice, text(out, c.order));
}

auto write(Builder& out, const m::Refund& c) {
  const auto refund = text(out, c.refund);
  const auto payment = text(out, c.payment);
  const auto note = text(out, c.credit_note);
  return CreateRefund(out, refund, payment, note, amount(c.amount), c.currency);
}

auto write(Builder& out, const m::ReversePayment& c) {
  const auto payment = text(out, c.payment);
  const auto reversal = text(out, c.reversal);
  return CreateReversePayment(out, payment, reversal, amount(c.amount), c.currency);
}

auto write(Builder& out, const m::IssueCreditNote& c) {
  Pool pool;
  std::vector<CreditLine> lines;
  for (const m::ReturnLine& line : c.lines) {
    lines.emplace_back(line.quantity, static_cast<std::uint32_t>(line.line),
                       static_cast<Disposition>(line.disposition));
  }
  std::vector<CreditReturn> returns;
  for (const m::CreditReturn& part : c.returns) {
    returns.emplace_back(amount(part.quantity), pool.of(part.goods_return),
                         static_cast<std::uint32_t>(part.line));
  }
  std::vector<CreditAmount> amounts;
  for (const m::CreditAmount& part : c.amounts)
    amounts.emplace_back(part.amount, static_cast<std::uint32_t>(part.line), 0);
  const auto note = text(out, c.credit_note);
  const auto invoice = text(out, c.invoice);
  const auto warehouse = text(out, c.warehouse);
  const auto line_list = structs(out, lines);
  const auto return_list = structs(out, returns);
  const auto amount_list = structs(out, amounts);
  return CreateIssueCreditNote(out, pool.write(out), note, invoice, CreditCause::goods_return,
                               warehouse, c.currency, line_list, return_list, amount_list);
}

auto write(Builder& out, const m::CancelCreditNote& c) {
  return CreateCancelCreditNote(out, text(out, c.credit_note));
}

auto write(Builder& out, const m::OpenBusinessDay& c) {
  return CreateOpenBusinessDay(out, c.date);
}

// The engine's type of what write() makes.
template <class T>
std::uint16_t kind(flatbuffers::Offset<T>) {
  return number_of<T>;
}

}  // namespace

std::uint16_t kind_of(const m::Command& command) {
  return std::visit(
      [](const auto& c) {
        using Written = decltype(write(std::declval<Builder&>(), c));
        return kind(Written{});
      },
      command);
}

AlignedBuffer encode(const m::Command& command) {
  Builder builder;
  std::visit([&](const auto& c) { builder.Finish(write(builder, c)); }, command);
  return AlignedBuffer(std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize())));
}

}  // namespace kontor::test
