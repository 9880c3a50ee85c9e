#include <string>

#include <gtest/gtest.h>

#include "events/base/limits.h"
#include "events/base/money.h"
#include "events/codec/bodies.h"
#include "events/codec/catalog.h"
#include "events/json/json.h"

namespace kontor {
namespace {

constexpr std::uint16_t kEur = 978;
constexpr std::uint16_t kJpy = 392;

CommandText read(std::string_view json, std::uint16_t default_currency = 0) {
  Result<CommandText> command = read_command_json(json, {default_currency});
  EXPECT_TRUE(command.ok()) << (command.ok() ? "" : command.error().message);
  if (!command) return {};
  EXPECT_TRUE(verify_command(command->kind, command->body));
  return *std::move(command);
}

std::string error(std::string_view json, std::uint16_t default_currency = 0) {
  const Result<CommandText> command = read_command_json(json, {default_currency});
  if (command) return "";
  EXPECT_EQ(command.error().kind, ErrorKind::kMalformed);
  return command.error().message;
}

template <class Table>
const Table& body(const CommandText& command) {
  EXPECT_EQ(command.kind, number_of<Table>);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(command.body.data()) % 8, 0U);
  return *flatbuffers::GetRoot<Table>(command.body.data());
}

// A PlaceOrder with this as the rest of its object.
std::string place(const std::string& rest) {
  return R"({"id":"1","PlaceOrder":{"order":"O","company":"C",)" + rest + "}}";
}

TEST(ReadCommand, TakesTheWholeEnvelope) {
  const CommandText command = read(R"({
    "id": "c-1", "book": "main", "actor": "anna", "on_behalf_of": "bert", "reason": "phone",
    "effective_date": "2026-03-10", "expected_version": 3, "correlation_id": "x-9",
    "caused_by": 77, "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "RejectOrder": {"order": "O-1", "comment": "no\ttime"}})");
  EXPECT_EQ(command.id, "c-1");
  EXPECT_EQ(command.book, "main");
  EXPECT_EQ(command.actor, "anna");
  EXPECT_EQ(command.on_behalf_of, "bert");
  EXPECT_EQ(command.reason, "phone");
  EXPECT_EQ(command.effective_date, parse_date("2026-03-10"));
  EXPECT_EQ(command.expected_version, 3U);
  EXPECT_EQ(command.correlation_id, "x-9");
  EXPECT_EQ(command.caused_by, 77U);
  EXPECT_EQ(format_traceparent(command.trace),
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  EXPECT_EQ(body<RejectOrder>(command).comment()->str(), "no\ttime");
}

TEST(ReadCommand, LeavesOutWhatIsNotSaid) {
  const CommandText command = read(R"({"RejectOrder":{"order":"O"}})");
  EXPECT_EQ(command.id, "");
  EXPECT_EQ(command.effective_date, kNoDate);
  EXPECT_EQ(command.expected_version, kAnyVersion);
  EXPECT_EQ(body<RejectOrder>(command).comment(), nullptr);
}

TEST(ReadCommand, WritesWhatItReads) {
  const std::string json =
      R"({"id":"c","book":"b","actor":"a","on_behalf_of":"o","reason":"r","correlation_id":"k",)"
      R"("effective_date":"2026-03-10","expected_version":0,"caused_by":5,)"
      R"("traceparent":"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",)"
      R"("ApproveOrder":{"order":"O \"1\"\\","comment":"a\nb"}})";
  EXPECT_EQ(write_command_json(read(json)), json);
}

TEST(ReadCommand, BuildsLinesThatIndexTheNamePool) {
  const CommandText command =
      read(place(R"("currency":"EUR","lines":[{"item":"bolt","quantity":5,"unit_price":"0.0125"},)"
                 R"({"item":"nut","quantity":"2.5"},{"quantity":"0.000001","item":"bolt"}])"));
  const auto& order = body<PlaceOrder>(command);
  ASSERT_EQ(order.lines()->size(), 3U);
  EXPECT_EQ(order.names()->size(), 2U);
  const PlaceLine& first = *order.lines()->Get(0);
  EXPECT_EQ(first.quantity(), 5'000'000);
  EXPECT_EQ(first.unit_price(), 12'500);
  EXPECT_EQ(order.names()->Get(first.item())->str(), "bolt");
  EXPECT_EQ(order.lines()->Get(1)->quantity(), 2'500'000);
  EXPECT_EQ(order.lines()->Get(1)->unit_price(), kAbsent);
  EXPECT_EQ(order.names()->Get(order.lines()->Get(1)->item())->str(), "nut");
  EXPECT_EQ(order.lines()->Get(2)->item(), first.item());
  EXPECT_EQ(order.lines()->Get(2)->quantity(), 1);
}

TEST(ReadCommand, TakesMoneyAsMinorUnitsOrExactDecimals) {
  const auto amount = [](const std::string& money, const std::string& currency) {
    const CommandText command = read(R"({"RecordPayment":{"payment":"P","payer":"C","amount":)" +
                                     money + R"(,"currency":")" + currency + R"("}})");
    return body<RecordPayment>(command).amount();
  };
  EXPECT_EQ(amount("123456", "EUR"), 123456);
  EXPECT_EQ(amount("\"1234.56\"", "EUR"), 123456);
  EXPECT_EQ(amount("\"1234.5\"", "EUR"), 123450);
  EXPECT_EQ(amount("\"-0.01\"", "EUR"), -1);
  EXPECT_EQ(amount("\"1234\"", "JPY"), 1234);
  EXPECT_EQ(amount("\"1.234\"", "KWD"), 1234);
}

TEST(ReadCommand, FindsTheCurrencyInTheNearestEnclosingObject) {
  const CommandText command = read(
      R"({"DefineTerms":{"lines":[{"kind":"fixed","amount":"1.5"}],"terms":"T","currency":"KWD"}})");
  EXPECT_EQ(body<DefineTerms>(command).lines()->Get(0)->amount(), 1500);
  const CommandText rule =
      read(R"({"SetRule":{"rule":"R","outcome":"hold","conditions":[)"
           R"({"figure":"order_total_with_tax","amount":"10","currency":"JPY"},)"
           R"({"figure":"order_total_with_tax","amount":"10","currency":"EUR"}]}})");
  EXPECT_EQ(body<SetRule>(rule).conditions()->Get(0)->amount(), 10);
  EXPECT_EQ(body<SetRule>(rule).conditions()->Get(1)->amount(), 1000);
}

TEST(ReadCommand, SaysTheDefaultCurrencyWhereItReadDecimalsInIt) {
  const std::string decimal = R"({"RecordPayment":{"payment":"P","payer":"C","amount":"10.00"}})";
  EXPECT_EQ(body<RecordPayment>(read(decimal, kEur)).amount(), 1000);
  EXPECT_EQ(body<RecordPayment>(read(decimal, kEur)).currency(), kEur);
  EXPECT_NE(error(decimal, kJpy), "");
  EXPECT_EQ(error(decimal),
            "RecordPayment.amount: is a decimal, but nothing says its currency: give \"currency\", "
            "or the amount as an integer of minor units");
  const std::string minor = R"({"RecordPayment":{"payment":"P","payer":"C","amount":1000}})";
  EXPECT_EQ(body<RecordPayment>(read(minor, kEur)).currency(), 0);
  EXPECT_EQ(body<RecordPayment>(read(minor)).amount(), 1000);
}

TEST(ReadCommand, KeepsGivenValuesThatEqualTheirDefault) {
  const CommandText command = read(R"({"SetPolicy":{"policy":"price.at","value":"placement"}})");
  EXPECT_TRUE(flatbuffers::IsFieldPresent(&body<SetPolicy>(command), SetPolicy::VT_POLICY));
  EXPECT_EQ(write_command_json(command),
            R"({"SetPolicy":{"policy":"price.at","value":"placement","scope_kind":"book"}})");
}

TEST(ReadCommand, ReadsEnumsByTheirNamesForPeople) {
  EXPECT_EQ(body<SetPolicy>(read(R"({"SetPolicy":{"policy":"credit.horizon_days"}})")).policy(),
            PolicyKey::credit_horizon_days);
  EXPECT_EQ(body<RegisterCompany>(read(R"({"RegisterCompany":{"company":"C","regime":"export"}})"))
                .regime(),
            TaxRegime::export_);
}

TEST(ReadCommand, ReadsPercentagesDatesAndEmptyVectors) {
  const CommandText rate =
      read(R"({"SetTaxRate":{"category":"S","rate":"5.5","valid_from":"2026-01-01"}})");
  EXPECT_EQ(body<SetTaxRate>(rate).rate(), 55'000);
  EXPECT_EQ(body<SetTaxRate>(rate).valid_from(), parse_date("2026-01-01")->value());
  EXPECT_EQ(body<SetTaxRate>(read(R"({"SetTaxRate":{"category":"S","rate":20}})")).rate(), 200'000);
  const CommandText price = read(R"({"SetPrice":{"list":"L","item":"I","breaks":[]}})");
  EXPECT_EQ(body<SetPrice>(price).breaks()->size(), 0U);
}

struct Wrong {
  const char* name;
  std::string json;
  std::string message;
};

class MalformedCommand : public testing::TestWithParam<Wrong> {};

TEST_P(MalformedCommand, IsToldWhereAndWhat) {
  EXPECT_EQ(error(GetParam().json), GetParam().message);
}

const std::vector<Wrong> kEnvelope = {
    {"NotJson", R"({"id":)", "not JSON: reading stopped at byte 7"},
    {"Trailing", R"({"RejectOrder":{"order":"O"}} x)", "not JSON: reading stopped at byte 31"},
    {"TwoDocuments", R"({"RejectOrder":{"order":"O"}}{})", "not JSON: reading stopped at byte 30"},
    {"Empty", "", "not JSON: reading stopped at byte 1"},
    {"NotAnObject", "[]",
     R"(a command is an object such as {"id": "...", "PlaceOrder": {...}}, not an array)"},
    {"NoCommand", R"({"id":"1"})",
     R"(no key names a command; one must, such as "PlaceOrder": {...})"},
    {"TwoCommands", R"({"RejectOrder":{"order":"O"},"ApproveOrder":{"order":"O"}})",
     "ApproveOrder: stands beside RejectOrder; one object holds one command"},
    {"SameCommandTwice", R"({"RejectOrder":{"order":"O"},"RejectOrder":{"order":"O"}})",
     "\"RejectOrder\": stands here twice"},
    {"DoubledEnvelopeKey", R"({"id":"1","id":"1","RejectOrder":{"order":"O"}})",
     "\"id\": stands here twice"},
    {"UnknownCommand", R"({"PlaceOrders":{}})",
     "\"PlaceOrders\" is neither a command nor a key of the envelope, did you mean "
     "\"PlaceOrder\"?"},
    {"UnknownEnvelopeKey", R"({"effective":"2026-03-10","RejectOrder":{"order":"O"}})",
     "\"effective\" is neither a command nor a key of the envelope, did you mean "
     "\"effective_date\"?"},
    {"MisspeltEnvelopeKey", R"({"efective_date":"2026-03-10","RejectOrder":{"order":"O"}})",
     "\"efective_date\" is neither a command nor a key of the envelope, did you mean "
     "\"effective_date\"?"},
    {"SystemCommand", R"({"ServeBackorders":{"item":1}})",
     "ServeBackorders: is a command of the server's own and cannot be submitted"},
    {"EmptyId", R"({"id":"","RejectOrder":{"order":"O"}})",
     "id: \"\" is not an identifier: 1 to 64 bytes of UTF-8 without control characters"},
    {"NumberAsId", R"({"id":7,"RejectOrder":{"order":"O"}})", "id: wants a string, not an integer"},
    {"NullActor", R"({"actor":null,"RejectOrder":{"order":"O"}})",
     "actor: wants a string, not null"},
    {"BadDate", R"({"effective_date":"2026-02-30","RejectOrder":{"order":"O"}})",
     "effective_date: wants a date such as \"2026-03-10\""},
    {"NegativeVersion", R"({"expected_version":-1,"RejectOrder":{"order":"O"}})",
     "expected_version: wants an integer from 0 up"},
    {"HugeVersion", R"({"expected_version":18446744073709551615,"RejectOrder":{"order":"O"}})",
     "expected_version: wants an integer from 0 up"},
    {"CausedByNothing", R"({"caused_by":0,"RejectOrder":{"order":"O"}})",
     "caused_by: wants an integer from 1 up"},
    {"BadTrace", R"({"traceparent":"00-1","RejectOrder":{"order":"O"}})",
     "traceparent: wants a W3C traceparent: \"00-<32 hex digits>-<16 hex digits>-<2 hex digits>\""},
    {"BrokenUtf8", "{\"id\":\"\xC3\x28\",\"RejectOrder\":{\"order\":\"O\"}}",
     "not JSON: reading stopped at byte 9"},
    {"CommandNoObject", R"({"RejectOrder":"O"})", "RejectOrder: wants an object, not a string"},
    {"CommandNull", R"({"RejectOrder":null})", "RejectOrder: wants an object, not null"},
};

const std::vector<Wrong> kFields = {
    {"MissingField", R"({"RejectOrder":{}})", "RejectOrder: needs \"order\""},
    {"UnknownField", R"({"RejectOrder":{"order":"O","coment":"x"}})",
     "RejectOrder: has no field \"coment\", did you mean \"comment\"?"},
    {"FieldWithAWordMore", R"({"SetTaxRate":{"tax_category":"standard","rate":20}})",
     "SetTaxRate: has no field \"tax_category\", did you mean \"category\"?"},
    {"FieldWithAWordLess", place(R"("reference":"x","lines":[])"),
     "PlaceOrder: has no field \"reference\", did you mean \"buyer_reference\"?"},
    {"FieldWithAnotherWord", place(R"("requested_on":"2026-03-10","lines":[])"),
     "PlaceOrder: has no field \"requested_on\", did you mean \"requested_date\"?"},
    {"FieldThatSharesAWordWithTwo",
     R"({"SetTaxRate":{"category":"standard","rate":20,"valid_since":"2026-03-10"}})",
     "SetTaxRate: has no field \"valid_since\", did you mean \"valid_from\"?"},
    {"FieldThatSharesNothingThatSaysAnything", place(R"("no_of_units":1,"lines":[])"),
     "PlaceOrder: has no field \"no_of_units\"; it has order, company, buyer, payer, currency, "
     "terms, settlement, "
     "requested_date, region, address, country, cost_centre, buyer_reference, no_split, lines"},
    {"DoubledField", R"({"RejectOrder":{"order":"O","order":"O"}})",
     "RejectOrder.order: stands here twice"},
    {"ControlCharacter", R"({"RejectOrder":{"order":"a\u0000b"}})",
     "RejectOrder.order: a text with control characters or broken UTF-8 is not an identifier: 1 to "
     "64 bytes of UTF-8 without control characters"},
    {"HiddenField", place(R"("lines":[{"item":"i","quantity":1,"spare":0}])"),
     "PlaceOrder.lines[0]: has no field \"spare\"; it has quantity, unit_price, item"},
    {"PoolField", place(R"("names":["a"],"lines":[])"),
     "PlaceOrder: has no field \"names\"; it has order, company, buyer, payer, currency, terms, "
     "settlement, "
     "requested_date, region, address, country, cost_centre, buyer_reference, no_split, lines"},
    {"NoItem", place(R"("lines":[{"item":"i","quantity":1},{"quantity":1}])"),
     "PlaceOrder.lines[1]: needs \"item\""},
    {"NoQuantity", place(R"("lines":[{"item":"i"}])"), "PlaceOrder.lines[0]: needs \"quantity\""},
    {"NoUnitPrice", R"({"SetPrice":{"list":"L","item":"I","currency":"EUR","breaks":[{}]}})",
     "SetPrice.breaks[0]: needs \"unit_price\""},
    {"FloatQuantity", place(R"("lines":[{"item":"i","quantity":2.5}])"),
     "PlaceOrder.lines[0].quantity: wants an integer or a decimal string such as \"2.5\", not a "
     "number with a fraction, an exponent or too many digits"},
    {"ExponentQuantity", place(R"("lines":[{"item":"i","quantity":1e3}])"),
     "PlaceOrder.lines[0].quantity: wants an integer or a decimal string such as \"2.5\", not a "
     "number with a fraction, an exponent or too many digits"},
    {"InexactQuantity", place(R"("lines":[{"item":"i","quantity":"0.0000001"}])"),
     "PlaceOrder.lines[0].quantity: \"0.0000001\" is not a quantity: digits, at most 6 after the "
     "point, within 64 bits"},
    {"HugeQuantity", place(R"("lines":[{"item":"i","quantity":9223372036854775807}])"),
     "PlaceOrder.lines[0].quantity: does not fit into 64 bits"},
    {"InexactPrice",
     place(R"("currency":"EUR","lines":[{"item":"i","quantity":1,"unit_price":"0.0000001"}])"),
     "PlaceOrder.lines[0].unit_price: \"0.0000001\" is not a unit price in EUR: digits, at most 6 "
     "after the point, within 64 bits"},
    {"NumberAsPrice",
     place(R"("currency":"EUR","lines":[{"item":"i","quantity":1,"unit_price":2}])"),
     "PlaceOrder.lines[0].unit_price: wants a decimal string such as \"0.0125\" (a number could "
     "mean minor units), not an integer"},
    {"PriceWithoutCurrency", place(R"("lines":[{"item":"i","quantity":1,"unit_price":"2"}])"),
     "PlaceOrder.lines[0].unit_price: is a decimal, but nothing says its currency: give "
     "\"currency\""},
    {"InexactMoney",
     R"({"RecordPayment":{"payment":"P","payer":"C","amount":"1.005","currency":"EUR"}})",
     "RecordPayment.amount: \"1.005\" is not an amount of EUR: digits, at most 2 after the point, "
     "within 64 bits"},
    {"MoneyThatMeansAbsent", R"({"SetCreditLimit":{"company":"C","limit":-9223372036854775808}})",
     "SetCreditLimit.limit: does not fit: the value must lie in its field's range; leave the key "
     "out for none"},
    {"UnknownCurrency", place(R"("currency":"EURO","lines":[])"),
     "PlaceOrder.currency: \"EURO\" is not an ISO 4217 currency code such as \"EUR\""},
    {"NumericCurrency", place(R"("currency":978,"lines":[])"),
     "PlaceOrder.currency: wants an ISO 4217 code such as \"EUR\", not an integer"},
    {"UnknownEnum", place(R"("settlement":"prepayed","lines":[])"),
     "PlaceOrder.settlement: wants one of account, prepaid, not \"prepayed\", did you mean "
     "\"prepaid\"?"},
    {"UnknownPolicy", R"({"SetPolicy":{"policy":"credit.horizon"}})",
     "SetPolicy.policy: wants one of the names of PolicyKey, not \"credit.horizon\", did you "
     "mean \"credit.horizon_days\"?"},
    {"PolicyWithItsWordsElsewhere", R"({"SetPolicy":{"policy":"credit.limit_absent"}})",
     "SetPolicy.policy: wants one of the names of PolicyKey, not \"credit.limit_absent\", did you "
     "mean \"credit.absent_limit\"?"},
    {"EnumAsNumber", place(R"("settlement":1,"lines":[])"),
     "PlaceOrder.settlement: wants one of account, prepaid, not an integer"},
    {"BoolAsNumber", place(R"("no_split":1,"lines":[])"),
     "PlaceOrder.no_split: wants true or false, not an integer"},
    {"FieldNull", place(R"("region":null,"lines":[])"),
     "PlaceOrder.region: wants a string, not null"},
    {"LinesNoArray", place(R"("lines":{})"), "PlaceOrder.lines: wants an array, not an object"},
    {"LineNoObject", place(R"("lines":[1])"),
     "PlaceOrder.lines[0]: wants an object, not an integer"},
    {"DateWithTime", place(R"("requested_date":"2026-03-10T00:00:00Z","lines":[])"),
     "PlaceOrder.requested_date: wants a date such as \"2026-03-10\", not "
     "\"2026-03-10T00:00:00Z\""},
    {"ByteOverflow", R"({"RegisterItem":{"item":"i","tax_category":"S","decimals":256}})",
     "RegisterItem.decimals: does not fit: the value must lie in its field's range; leave the key "
     "out for none"},
    {"NegativeUnsigned", R"({"RegisterItem":{"item":"i","tax_category":"S","decimals":-1}})",
     "RegisterItem.decimals: does not fit: the value must lie in its field's range; leave the key "
     "out for none"},
    {"BeyondSixtyFourBits",
     R"({"RegisterItem":{"item":"i","tax_category":"S","weight_grams":9223372036854775808}})",
     "RegisterItem.weight_grams: does not fit into 64 bits"},
    {"NestedTable",
     R"({"SetRule":{"rule":"R","outcome":"ask","tiers":[{"groups":[{"people":["a",7]}]}]}})",
     "SetRule.tiers[0].groups[0].people[1]: wants a string, not an integer"},
};

const auto kNameOf = [](const auto& row) { return std::string(row.param.name); };
INSTANTIATE_TEST_SUITE_P(Envelope, MalformedCommand, testing::ValuesIn(kEnvelope), kNameOf);
INSTANTIATE_TEST_SUITE_P(Field, MalformedCommand, testing::ValuesIn(kFields), kNameOf);

TEST(ReadCommand, IsBoundedInDepth) {
  const std::string deep = R"({"RejectOrder":{"order":)" + std::string(100'000, '[');
  EXPECT_EQ(error(deep), "nested deeper than 12");
}

TEST(ReadCommand, IsBoundedInLines) {
  std::string lines = "\"lines\":[";
  for (std::size_t i = 0; i <= limits::kLinesMax; ++i) {
    lines += (i == 0 ? "" : ",") + std::string(R"({"item":"i","quantity":1})");
  }
  EXPECT_EQ(error(place(lines + "]")),
            "PlaceOrder.lines: has 5001 entries; at most 5000 are taken");
}

TEST(ReadCommand, IsBoundedInKeysValuesAndBytes) {
  std::string keys = "{";
  for (int i = 0; i < 100; ++i)
    keys += "\"k" + std::to_string(i) + "\":1,";
  EXPECT_EQ(error(keys + "\"x\":1}"), "an object has more than 64 keys");
  std::string values = "[1";
  for (int i = 0; i < 300'000; ++i)
    values += ",1";
  EXPECT_EQ(error(values + "]"), "more than 262144 values");
  EXPECT_EQ(error(std::string(limits::kFrameBytesMax + 1, ' ')),
            "the JSON text has 4194305 bytes; at most 4194304 are taken");
}

TEST(ReadCommand, IsBoundedInTheBytesOfItsBody) {
  std::string tags;
  for (int i = 0; i < 200; ++i) {
    tags += (i == 0 ? "\"" : ",\"") + std::string(limits::kTextBytesMax, 'x') + "\"";
  }
  const std::string message = error(R"({"RegisterCompany":{"company":"C","tags":[)" + tags + "]}}");
  EXPECT_NE(message.find("at most 524288 are taken: split it"), std::string::npos) << message;
}

TEST(ReadCommand, BoundsTexts) {
  const std::string comment(limits::kTextBytesMax + 1, 'x');
  EXPECT_EQ(error(R"({"RejectOrder":{"order":"O","comment":")" + comment + "\"}}"),
            "RejectOrder.comment: wants at most 4096 bytes of UTF-8 without control characters");
}

}  // namespace
}  // namespace kontor
