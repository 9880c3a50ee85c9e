#include <map>
#include <string>

#include <gtest/gtest.h>

#include "events/base/money.h"
#include "events/codec/bodies.h"
#include "events/codec/catalog.h"
#include "events/json/json.h"

extern "C" {
extern const std::byte kontor_schema_begin[];
extern const std::byte kontor_schema_end[];
}

namespace kontor {
namespace {

using Body = std::vector<std::byte>;
using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

template <class Table>
Body finished(FlatBufferBuilder& builder, Offset<Table> root) {
  builder.Finish(root);
  const auto* const bytes = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
  return {bytes, bytes + builder.GetSize()};
}

template <class Struct>
Offset<flatbuffers::Vector<const Struct*>> structs(FlatBufferBuilder& builder,
                                                   const std::vector<Struct>& all) {
  builder.ForceVectorAlignment(all.size() * sizeof(Struct), 1, alignof(Struct));
  builder.StartVector(all.size() * sizeof(Struct), 1);
  builder.PushBytes(reinterpret_cast<const std::uint8_t*>(all.data()), all.size() * sizeof(Struct));
  return builder.EndVector(all.size());
}

class Names : public NameSource {
 public:
  std::optional<std::string> name(std::string_view kind, std::uint64_t ref) const override {
    const auto found = names_.find(std::string(kind) + " " + std::to_string(ref));
    if (found == names_.end()) return std::nullopt;
    return found->second;
  }
  std::map<std::string, std::string> names_ = {
      {"company 3", "ACME"}, {"order 17", "O-17"}, {"item 5", "bolt"}, {"terms 2", "net 30"}};
};

Body placed() {
  FlatBufferBuilder builder;
  const auto order = builder.CreateString("O-17");
  const auto lines = structs<OrderLine>(
      builder, {OrderLine(2'500'000, 1'230'000, 308, 366, 9, 5, 1, 200'000, kNoOrdinal)});
  OrderPlacedBuilder event(builder);
  event.add_order(order);
  event.add_company(3);
  event.add_payer(4);
  event.add_currency(978);
  event.add_requested_date(20522);
  event.add_lines(lines);
  event.add_total(366);
  return finished(builder, event.Finish());
}

TEST(WriteEvent, SpeaksOfMoneyQuantitiesDatesAndNames) {
  EXPECT_EQ(write_event_json(number_of<OrderPlaced>, placed(), Names()),
            R"({"order":"O-17","company":"ACME","payer":4,"currency":"EUR","settlement":"account",)"
            R"("requested_date":"2026-03-10","no_split":false,"lines":[{"quantity":"2.5",)"
            R"("unit_price":"1.230000","net":"3.08","gross":"3.66","price":9,"item":"bolt",)"
            R"("tax_category":1,"tax_rate":20}],"net":"0.00","tax":"0.00","total":"3.66"})");
}

TEST(WriteEvent, NamesTheReferencesOfAVector) {
  FlatBufferBuilder builder;
  const auto payers = builder.CreateVector(std::vector<std::uint32_t>{3, 8});
  CompanyRegisteredBuilder event(builder);
  event.add_ordinal(3);
  event.add_allowed_payers(payers);
  const Body body = finished(builder, event.Finish());
  EXPECT_EQ(write_event_json(number_of<CompanyRegistered>, body, Names()),
            R"({"ordinal":"ACME","regime":"domestic","allowed_payers":["ACME",8],)"
            R"("standing":"good","status":"active"})");
}

TEST(WriteEvent, WritesMoneyOfAnUnknownCurrencyAsItIsStored) {
  FlatBufferBuilder builder;
  CreditLimitSetBuilder event(builder);
  event.add_company(9);
  event.add_limit(5000);
  const Body body = finished(builder, event.Finish());
  EXPECT_EQ(write_event_json(number_of<CreditLimitSet>, body, no_names()),
            R"({"company":9,"limit":5000})");
}

TEST(WriteEvent, WritesAValueThatIsNotKnownYetAsItsNumber) {
  FlatBufferBuilder builder;
  OrderApprovedBuilder event(builder);
  event.add_order(17);
  event.add_cause(static_cast<ApprovalCause>(200));
  const Body body = finished(builder, event.Finish());
  EXPECT_EQ(write_event_json(number_of<OrderApproved>, body, Names()),
            R"({"order":"O-17","cause":200})");
}

TEST(WriteEvent, SaysNullOfBytesThatAreNoBody) {
  EXPECT_EQ(write_event_json(number_of<OrderApproved>, Body(24), no_names()), "null");
  EXPECT_EQ(write_event_json(9999, placed(), no_names()), "null");
  EXPECT_EQ(write_command_body_json(9999, placed(), no_names()), "null");
}

Body held() {
  FlatBufferBuilder builder;
  const std::vector<Reason> reasons = {
      Reason(3, 41, 125'001, 125'000, 0, static_cast<std::uint16_t>(ReasonCode::over_credit_limit),
             Subject::company, Unit::money, 978, 2, Outcome::hold),
      Reason(5, 0, 2'500'000, kAbsent, 2, static_cast<std::uint16_t>(ReasonCode::short_stock),
             Subject::item, Unit::quantity, 0, 1, Outcome::refuse),
      Reason(0, 0, 0, 0, 0, 60'000, Subject::none, Unit::none, 0, 9, Outcome::warn)};
  const auto reason_vector = structs(builder, reasons);
  const auto names = builder.CreateVectorOfStrings(std::vector<std::string>{"ACME Ltd", "", ""});
  const auto evidence = builder.CreateVector(std::vector<std::uint64_t>{7, 8, 9});
  const auto grounds = CreateGrounds(builder, reason_vector, names, evidence, 4);
  OrderHeldBuilder event(builder);
  event.add_order(17);
  event.add_payer(3);
  event.add_grounds(grounds);
  event.add_need(1);
  event.add_currency(978);
  return finished(builder, event.Finish());
}

TEST(WriteGrounds, MergesThemIntoReadableReasons) {
  EXPECT_EQ(
      write_event_json(number_of<OrderHeld>, held(), Names()),
      R"({"order":"O-17","payer":"ACME","grounds":{"reasons":[)"
      R"({"reason":"over_credit_limit","outcome":"hold","subject":"company","name":"ACME Ltd",)"
      R"("found":"1250.01","allowed":"1250.00","unit":"money","currency":"EUR","rule":41,)"
      R"("evidence":[7,8]},)"
      R"({"reason":"short_stock","outcome":"refuse","subject":"item","name":"bolt","line":2,)"
      R"("found":"2.5","unit":"quantity","evidence":[9]},)"
      R"({"reason":"60000","outcome":"warn"}],"more":4},"need":"0.01","currency":"EUR",)"
      R"("credit_only":false,"forced":false,"room":"untold","moment":"placement","looks_up":false,"looks_around":false})");
}

TEST(ReadGrounds, GivesTheSameAsValues) {
  const Body body = held();
  const auto& event = *flatbuffers::GetRoot<OrderHeld>(body.data());
  const std::vector<ReasonText> reasons = read_grounds(*event.grounds(), Names());
  ASSERT_EQ(reasons.size(), 3U);
  EXPECT_EQ(reasons[0].code, static_cast<std::uint16_t>(ReasonCode::over_credit_limit));
  EXPECT_EQ(reasons[0].found, "1250.01");
  EXPECT_EQ(reasons[0].evidence, (std::vector<std::uint64_t>{7, 8}));
  EXPECT_EQ(reasons[1].name, "bolt");
  EXPECT_EQ(reasons[1].allowed, "");
  EXPECT_TRUE(reasons[2].evidence.empty());  // more counted than there are
  EXPECT_EQ(write_reasons_json({}), "[]");
}

using References = std::vector<std::pair<std::string, std::uint64_t>>;

References references(std::uint16_t kind, const Body& body) {
  References out;
  for_each_reference(kind, body, [&](std::string_view ref_kind, std::uint64_t ref) {
    out.emplace_back(ref_kind, ref);
  });
  return out;
}

TEST(References, AreFoundInTablesVectorsAndLines) {
  EXPECT_EQ(references(number_of<OrderPlaced>, placed()),
            (References{{"company", 3}, {"company", 4}, {"item", 5}, {"tax_category", 1}}));
}

TEST(References, AreFoundInCreditMoves) {
  FlatBufferBuilder builder;
  const auto moves = structs<CreditMove>(
      builder, {CreditMove(17, 5, 5, 3, kNoOrdinal, kNoDate.value(), 978, 978, Bucket::ordered),
                CreditMove(18, 5, 5, 4, 2, 20522, 978, 978, Bucket::receivable)});
  CreditCommittedBuilder event(builder);
  event.add_order(17);
  event.add_moves(moves);
  EXPECT_EQ(references(number_of<CreditCommitted>, finished(builder, event.Finish())),
            (References{{"order", 17}, {"company", 3}, {"company", 4}, {"terms", 2}}));
}

TEST(References, AreNotFoundInBytesThatAreNoBody) {
  EXPECT_EQ(references(number_of<OrderPlaced>, Body(40)), References{});
  EXPECT_EQ(references(9999, placed()), References{});
}

Body cancel(const std::vector<CancelLine>& lines, const char* cancellation) {
  FlatBufferBuilder builder;
  const auto order = builder.CreateString("O-1");
  const auto document = cancellation == nullptr ? 0 : builder.CreateString(cancellation);
  const auto line_vector = structs(builder, lines);
  CancelOrderBuilder command(builder);
  command.add_order(order);
  if (cancellation != nullptr) command.add_cancellation(document);
  command.add_lines(line_vector);
  return finished(builder, command.Finish());
}

TEST(SameCommand, SeesEveryDifferenceButHiddenOnes) {
  const std::uint16_t kind = number_of<CancelOrder>;
  const Body base = cancel({CancelLine(5, 1, 0)}, "X");
  EXPECT_TRUE(same_command(kind, base, cancel({CancelLine(5, 1, 77)}, "X")));
  EXPECT_FALSE(same_command(kind, base, cancel({CancelLine(6, 1, 0)}, "X")));
  EXPECT_FALSE(same_command(kind, base, cancel({CancelLine(5, 2, 0)}, "X")));
  EXPECT_FALSE(same_command(kind, base, cancel({CancelLine(5, 1, 0)}, "Y")));
  EXPECT_FALSE(same_command(kind, base, cancel({CancelLine(5, 1, 0)}, nullptr)));
  EXPECT_FALSE(same_command(kind, base, cancel({}, "X")));
  EXPECT_TRUE(same_command(kind, cancel({}, nullptr), cancel({}, "")));
}

Body receive(const std::vector<std::string>& names, std::uint32_t item) {
  FlatBufferBuilder builder;
  const auto pool = builder.CreateVectorOfStrings(names);
  const auto receipt = builder.CreateString("R");
  const auto warehouse = builder.CreateString("W");
  const auto lines = structs<ReceivedLine>(builder, {ReceivedLine(1, item)});
  return finished(builder, CreateReceiveStock(builder, pool, receipt, warehouse, lines));
}

TEST(SameCommand, ComparesNamesAndNotTheirPlaces) {
  const std::uint16_t kind = number_of<ReceiveStock>;
  EXPECT_TRUE(same_command(kind, receive({"bolt"}, 0), receive({"nut", "bolt"}, 1)));
  EXPECT_FALSE(same_command(kind, receive({"bolt"}, 0), receive({"nut", "bolt"}, 0)));
}

TEST(SameCommand, IsFalseOfBytesThatAreNoBody) {
  EXPECT_FALSE(same_command(number_of<CancelOrder>, Body(24), Body(24)));
  EXPECT_FALSE(same_command(9999, receive({"bolt"}, 0), receive({"bolt"}, 0)));
}

TEST(SchemaJson, WritesTablesOfAnySchemaByEitherName) {
  const SchemaJson schema(std::span(kontor_schema_begin, kontor_schema_end));
  const Body body = placed();
  const std::string json = write_event_json(number_of<OrderPlaced>, body, Names());
  EXPECT_EQ(schema.write("OrderPlaced", body, Names()), json);
  EXPECT_EQ(schema.write("kontor.OrderPlaced", body, Names()), json);
  EXPECT_EQ(schema.write("OrderLine", body, Names()), "null");
  EXPECT_EQ(schema.write("NoSuchTable", body, Names()), "null");
}

}  // namespace
}  // namespace kontor
