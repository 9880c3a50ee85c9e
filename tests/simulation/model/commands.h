// What can be asked of a book, as plain values. The generator makes them, the model decides them,
// and tests/simulation/encode.h writes them as the engine reads them. Enumerators carry the
// permanent numbers of events/schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tests/simulation/model/answers_of_people.h"
#include "tests/simulation/model/rule_commands.h"
#include "tests/simulation/model/staff.h"
#include "tests/simulation/model/values.h"
#include "tests/simulation/model/wishes.h"

namespace kontor::model {

enum class CompanyStatus { kActive = 0, kBlocked = 1, kClosed = 2 };
enum class Reach { kOwn = 0, kCompany = 1, kCompanyAndBelow = 2 };
enum class Part { kPercent = 0, kEqual = 1, kFixed = 2, kBalance = 3, kDeposit = 4 };
enum class DayRule { kAny = 0, kThisMonth = 1, kNextMonth = 2, kNotEarlier = 3 };

struct OpenBook {
  std::string book;
  Currency currency = 978;
  Day first_day = 0;
  int first_month = 1;
  int first_weekday = 1;  // Monday
  bool by_clock = false;
  Int settled_kept = 0;   // of how the engine keeps its memory; nothing else may come of it
  Int outcomes_kept = 0;  // ids whose answers are remembered; 0: as many as a run has
  bool operator==(const OpenBook&) const = default;
};

struct RegisterCompany {
  std::string company;
  std::string country;
  int regime = 0;
  Currency currency = 0;
  std::string parent;
  std::string default_payer;
  Names allowed_payers;
  std::string terms;
  Names allowed_terms;
  Names price_lists;
  Names assortments;
  Names tags;
  std::string company_class;
  std::string region;
  bool on_hold = false;  // its credit standing
  CompanyStatus status = CompanyStatus::kActive;
  bool operator==(const RegisterCompany&) const = default;
};

struct SetCreditLimit {
  std::string company;
  std::optional<Int> limit;
  Currency currency = 0;
  std::optional<Day> expires;
  std::optional<Day> review;
  bool operator==(const SetCreditLimit&) const = default;
};

enum class Period { kNone = 0, kDay = 1, kWeek = 2, kMonth = 3, kQuarter = 4, kYear = 5 };

struct Role {
  std::string role;
  Reach reach = Reach::kCompany;
  bool may_override = false;
  bool operator==(const Role&) const = default;
};

struct RegisterBuyer {
  std::string buyer;
  std::string company;
  std::vector<Role> roles;
  std::optional<Int> order_limit;
  std::optional<Int> period_limit;
  Period period = Period::kNone;
  Currency currency = 0;
  std::string cost_centre;
  bool active = true;
  bool operator==(const RegisterBuyer&) const = default;
};

struct RegisterCostCentre {
  std::string cost_centre;
  std::string company;
  std::string owner;
  bool mandatory = false;
  bool active = true;
  bool operator==(const RegisterCostCentre&) const = default;
};

struct SetBudget {
  std::string budget;
  Int amount = 0;
  Currency currency = 0;
  std::optional<Day> valid_from;
  std::optional<Day> valid_to;
  Names cost_centres;
  bool active = true;
  bool operator==(const SetBudget&) const = default;
};

struct SetPolicy {
  std::string policy;
  std::string value;  // empty: back to the default
  Scope scope_kind = Scope::kBook;
  std::string scope;
  bool operator==(const SetPolicy&) const = default;
};

struct TermsLine {
  Part part = Part::kPercent;
  Int amount = 0;
  Int percent = 0;
  int months = 0;
  int days = 0;
  int days_last = 0;
  bool month_end_first = false;
  bool month_end_last = false;
  DayRule day_rule = DayRule::kAny;
  int day_of_month = 0;
  bool operator==(const TermsLine&) const = default;
};
struct DefineTerms {
  std::string terms;
  std::vector<TermsLine> lines;
  bool book_default = false;
  bool operator==(const DefineTerms&) const = default;
};

enum class Kind { kStocked = 0, kNotStocked = 1, kBundle = 2 };

struct RegisterItem {
  std::string item;
  int decimals = 0;
  std::string tax_category;
  std::string category;
  Int weight = 0;  // grams
  Int minimum = 0;
  Int maximum = 0;
  Int multiple = 0;
  bool active = true;
  Kind kind = Kind::kStocked;
  bool freight = false;
  bool operator==(const RegisterItem&) const = default;
};

struct DefineAssortment {
  std::string assortment;
  Names items;
  Names categories;
  Names companies;
  Names tags;
  bool operator==(const DefineAssortment&) const = default;
};

struct SetTaxRate {
  std::string category;
  int regime = 0;
  std::string country;
  Int rate = 0;
  std::optional<Day> valid_from;
  bool operator==(const SetTaxRate&) const = default;
};

struct Break {
  Int from_quantity = 0;
  Int unit_price = 0;
  bool operator==(const Break&) const = default;
};
struct SetPrice {
  std::string list;
  Currency currency = 0;
  std::string item;
  std::vector<Break> breaks;
  std::optional<Day> valid_from;
  std::optional<Day> valid_to;
  bool operator==(const SetPrice&) const = default;
};

struct RegisterWarehouse {
  std::string warehouse;
  Names regions;
  int priority = 0;
  int lead_time_days = 0;
  bool active = true;
  bool operator==(const RegisterWarehouse&) const = default;
};

struct ReceiveStock {
  std::string receipt;
  std::string warehouse;
  std::vector<ItemQuantity> lines;
  bool operator==(const ReceiveStock&) const = default;
};

struct LineQuantity {
  int line = 1;
  Int quantity = 0;
  bool operator==(const LineQuantity&) const = default;
};
struct CancelOrder {
  std::string order;
  std::string cancellation;
  std::vector<LineQuantity> lines;
  bool operator==(const CancelOrder&) const = default;
};

struct PartOfLine {
  int line = 1;
  std::string warehouse;
  Int quantity = 0;
  bool operator==(const PartOfLine&) const = default;
};
struct AllocateOrder {
  std::string order;
  std::vector<PartOfLine> parts;
  bool operator==(const AllocateOrder&) const = default;
};
struct ShipOrder {
  std::string order;
  std::string shipment;
  std::vector<PartOfLine> lines;
  std::vector<LineQuantity> charges;
  bool operator==(const ShipOrder&) const = default;
};
struct HoldOrder {
  std::string order;
  bool operator==(const HoldOrder&) const = default;
};
struct ReleaseReservation {
  std::string order;
  std::string release;
  std::vector<PartOfLine> lines;
  bool operator==(const ReleaseReservation&) const = default;
};
struct CountStock {
  std::string count;
  std::string warehouse;
  std::vector<ItemQuantity> lines;
  bool operator==(const CountStock&) const = default;
};
struct AmendLine {
  int line = 0;  // 0: a new one
  std::string item;
  Int quantity = 0;
  std::optional<Int> unit_price;
  bool operator==(const AmendLine&) const = default;
};
struct AmendOrder {
  std::string order;
  std::string amendment;
  Currency currency = 0;
  std::optional<Day> requested;
  std::string region;
  std::string country;
  std::string cost_centre;
  std::vector<AmendLine> lines;
  bool operator==(const AmendOrder&) const = default;
};
struct ReleaseHold {
  std::string order;
  std::optional<Day> expires;
  bool operator==(const ReleaseHold&) const = default;
};

enum class Disposition { kRestock = 0, kScrap = 1, kNone = 2 };
struct ReturnLine {
  int line = 1;
  Int quantity = 0;
  Disposition disposition = Disposition::kRestock;
  bool operator==(const ReturnLine&) const = default;
};
struct ReturnGoods {
  std::string order;
  std::string goods_return;
  std::string warehouse;
  std::vector<ReturnLine> lines;
  bool operator==(const ReturnGoods&) const = default;
};

struct InvoiceOrder {
  std::string order;
  std::string invoice;
  std::vector<LineQuantity> lines;
  bool operator==(const InvoiceOrder&) const = default;
};

struct PayInvoice {
  std::string invoice;
  std::optional<Int> amount;
  bool operator==(const PayInvoice&) const = default;
};
struct PayOrder {
  std::string order;
  std::optional<Int> amount;
  bool operator==(const PayOrder&) const = default;
};
struct RecordPayment {
  std::string payment;
  std::string payer;
  Int amount = 0;
  Currency currency = 0;
  std::vector<PayInvoice> invoices;
  std::vector<PayOrder> orders;
  bool operator==(const RecordPayment&) const = default;
};

// Of the next four: exactly one of payment and credit note.
struct ApplyCredit {
  std::string application;
  std::string payment;
  std::string credit_note;
  Currency currency = 0;
  std::vector<PayInvoice> invoices;
  std::vector<PayOrder> orders;
  bool operator==(const ApplyCredit&) const = default;
};
struct UndoApplication {
  std::string undo;
  std::string payment;
  std::string credit_note;
  std::string invoice;  // exactly one of the two
  std::string order;
  bool operator==(const UndoApplication&) const = default;
};
struct Refund {
  std::string refund;
  std::string payment;
  std::string credit_note;
  std::optional<Int> amount;
  Currency currency = 0;
  bool operator==(const Refund&) const = default;
};
struct ReversePayment {
  std::string reversal;
  std::string payment;
  std::optional<Int> amount;
  Currency currency = 0;
  bool operator==(const ReversePayment&) const = default;
};

struct CreditReturn {
  std::string goods_return;
  int line = 1;
  std::optional<Int> quantity;
  bool operator==(const CreditReturn&) const = default;
};
struct CreditAmount {
  int line = 1;
  Int amount = 0;
  bool operator==(const CreditAmount&) const = default;
};
struct IssueCreditNote {
  std::string credit_note;
  std::string invoice;
  std::string warehouse;
  Currency currency = 0;
  std::vector<ReturnLine> lines;
  std::vector<CreditReturn> returns;
  std::vector<CreditAmount> amounts;
  bool operator==(const IssueCreditNote&) const = default;
};
struct CancelCreditNote {
  std::string credit_note;
  bool operator==(const CancelCreditNote&) const = default;
};

struct OpenBusinessDay {
  Day date = 0;
  bool operator==(const OpenBusinessDay&) const = default;
};

struct RetryOrder {
  std::string order;
  bool operator==(const RetryOrder&) const = default;
};

using Command =
    std::variant<OpenBook, RegisterCompany, SetCreditLimit, RegisterBuyer, SetRule, SetPolicy,
                 DefineTerms, RegisterItem, DefineAssortment, SetTaxRate, SetPrice,
                 RegisterWarehouse, ReceiveStock, PlaceOrder, ApproveOrder, RejectOrder,
                 CancelOrder, AllocateOrder, ShipOrder, ReleaseHold, HoldOrder, ReleaseReservation,
                 CountStock, AmendOrder, ReturnGoods, InvoiceOrder, RecordPayment, ApplyCredit,
                 UndoApplication, Refund, ReversePayment, IssueCreditNote, CancelCreditNote,
                 OpenBusinessDay, RetryOrder, RegisterCostCentre, SetBudget, WithdrawApproval,
                 OverrideApproval, RegisterStaff, SaveDraft, PlaceDraft, DiscardDraft,
                 DefineTemplate, Reorder, DefineRecurringOrder, StopRecurringOrder>;

// Instead of a command: what became of the id?
struct Resolve {
  // The number of a decision whose answer the caller had before it first sent the id; 0: of none.
  std::uint64_t since = 0;
  bool operator==(const Resolve&) const = default;
};
inline constexpr std::uint64_t kNeverDecided = UINT64_MAX;  // since: a position that is not there

// A command and what its caller says about it.
struct Request {
  std::string id;
  std::optional<Resolve> resolve;  // then nothing below counts
  std::string actor;
  std::string reason;
  std::optional<Day> effective_date;
  std::optional<std::uint64_t> expected_version;
  Command command;

  bool says_the_same(const Request& other) const {
    return actor == other.actor && reason == other.reason &&
           effective_date == other.effective_date && expected_version == other.expected_version &&
           command == other.command;
  }
};

}  // namespace kontor::model
