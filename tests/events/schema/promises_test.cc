// What a released schema promised, held; and every way to break it, found by name.
#include "tests/events/schema/promises.h"

#include <string>

#include <flatbuffers/idl.h>
#include <gtest/gtest.h>

#include "events/codec/schema_plan.h"
#include "events/log/page.h"

namespace kontor::test {
namespace {

using Lines = std::vector<std::string>;

constexpr std::string_view kAttributes = R"(
  namespace k;
  attribute "command"; attribute "event"; attribute "money"; attribute "must"; attribute "optional";
)";
constexpr std::string_view kReleased = R"(
  enum Colour : ubyte { red = 0, blue = 3 }
  struct Line { item: uint; paint: Colour; spare: ubyte; spare2: ushort; count: long; }
  table Paint (command: 30) { name: string (required, must); lines: [Line]; limit: long = -1 (optional); }
  table Painted (event: 30) { total: long (money: "currency"); currency: ushort; by: Paint; }
)";

AlignedBuffer compiled(std::string schema) {
  flatbuffers::IDLOptions options;
  options.binary_schema_builtins = true;
  flatbuffers::Parser parser(options);
  schema.insert(0, kAttributes);
  EXPECT_TRUE(parser.Parse(schema.c_str())) << parser.error_;
  parser.Serialize();
  const std::span bytes(parser.builder_.GetBufferPointer(), parser.builder_.GetSize());
  return AlignedBuffer(std::as_bytes(bytes));
}

// What is broken by writing `after` for `before` in the released schema.
Lines broken_by(std::string_view before, std::string_view after) {
  std::string schema(kReleased);
  const std::size_t at = schema.find(before);
  EXPECT_NE(at, std::string::npos) << before;
  schema.replace(at, before.size(), after);
  return broken_promises(compiled(std::string(kReleased)).bytes(), compiled(schema).bytes());
}

TEST(SchemaPromises, AreKeptByAddingAndByNothingElse) {
  EXPECT_EQ(broken_by("blue = 3", "blue = 3, green = 4"), Lines{});
  EXPECT_EQ(broken_by("by: Paint;", "by: Paint; at: long; note: string;"), Lines{});
  EXPECT_EQ(
      broken_by("table Painted", "table Scrape (command: 31) { a: int (must); } table Painted"),
      Lines{});
}

TEST(SchemaPromises, OfStructsAreTheirBytes) {
  EXPECT_EQ(broken_by("count: long;", "count: long; more: long;"),
            (Lines{"k.Line had bytes 16 and has 24", "k.Line.more was added to a struct"}));
  EXPECT_EQ(broken_by("spare: ubyte; spare2: ushort;", "tint: ubyte; spare2: ushort;"),
            (Lines{"k.Line.spare is gone", "k.Line.tint was added to a struct",
                   "k.Line.tint was not appended"}));
  EXPECT_EQ(broken_by("spare: ubyte;", "spare: byte;"),
            Lines{"k.Line.spare had the type UByte and has Byte"});
  EXPECT_EQ(
      broken_by("paint: Colour; spare: ubyte;", "spare: ubyte; paint: Colour;"),
      (Lines{"k.Line.paint had the place 4 and has 5", "k.Line.spare had the place 5 and has 4"}));
}

TEST(SchemaPromises, OfTablesAreTheirFields) {
  EXPECT_EQ(broken_by("lines: [Line];", ""),
            (Lines{"k.Paint.limit had the place 8 and has 6", "k.Paint.lines is gone"}));
  EXPECT_EQ(broken_by("lines: [Line];", "rows: [Line];"),
            (Lines{"k.Paint.lines is gone", "k.Paint.rows was not appended"}));
  EXPECT_EQ(broken_by("lines: [Line];", "lines: [uint];"),
            Lines{"k.Paint.lines had the type [Obj k.Line] and has [UInt]"});
  EXPECT_EQ(
      broken_by("lines: [Line];", "lines: [Line] (deprecated);"),
      (Lines{"k.Paint.lines became deprecated", "k.Paint.lines got the attribute deprecated"}));
  EXPECT_EQ(broken_by("limit: long = -1", "limit: long = -2"),
            Lines{"k.Paint.limit had the default -1 and has -2"});
  EXPECT_EQ(broken_by("currency: ushort;", "currency: uint;"),
            Lines{"k.Painted.currency had the type UShort and has UInt"});
  EXPECT_EQ(broken_by("total: long (money: \"currency\"); currency: ushort;",
                      "at: long; total: long (money: \"currency\"); currency: ushort;"),
            (Lines{"k.Painted.at was not appended", "k.Painted.by had the place 8 and has 10",
                   "k.Painted.currency had the place 6 and has 8",
                   "k.Painted.total had the place 4 and has 6"}));
}

TEST(SchemaPromises, OfWhatMustBeThereAreKeptBothWays) {
  EXPECT_EQ(
      broken_by("(required, must)", "(must)"),
      (Lines{"k.Paint.name is no longer required", "k.Paint.name lost the attribute required"}));
  EXPECT_EQ(broken_by("by: Paint;", "by: Paint (required);"),
            (Lines{"k.Painted.by became required", "k.Painted.by got the attribute required"}));
  EXPECT_EQ(broken_by("by: Paint;", "by: Paint; at: string (required);"),
            Lines{"k.Painted.at is new and required"});
  EXPECT_EQ(broken_by("by: Paint;", "by: Paint; at: long (must);"),
            Lines{"k.Painted.at is new and a must"});
}

TEST(SchemaPromises, OfJsonAreItsAttributes) {
  EXPECT_EQ(broken_by("(money: \"currency\")", ""),
            Lines{"k.Painted.total lost the attribute money"});
  EXPECT_EQ(broken_by("(money: \"currency\")", "(money: \"by\")"),
            Lines{"k.Painted.total had money: currency and has by"});
  EXPECT_EQ(broken_by("-1 (optional)", "-1"), Lines{"k.Paint.limit lost the attribute optional"});
  EXPECT_EQ(broken_by("lines: [Line];", "lines: [Line] (must);"),
            Lines{"k.Paint.lines got the attribute must"});
}

TEST(SchemaPromises, OfNumbersAreForEver) {
  EXPECT_EQ(broken_by("blue = 3", "blue = 4"), Lines{"k.Colour.blue had the number 3 and has 4"});
  EXPECT_EQ(broken_by("blue = 3", "navy = 3"), Lines{"k.Colour.blue is gone"});
  EXPECT_EQ(broken_by("Colour : ubyte", "Colour : byte"),
            (Lines{"k.Colour had the type UByte k.Colour and has Byte k.Colour",
                   "k.Line.paint had the type UByte k.Colour and has Byte k.Colour"}));
  EXPECT_EQ(broken_by("(command: 30)", "(command: 31)"),
            Lines{"k.Paint had command: 30 and has 31"});
  EXPECT_EQ(broken_by("(event: 30)", ""), Lines{"k.Painted lost the attribute event"});
  EXPECT_EQ(broken_by("table Painted (event: 30)",
                      "table Daubed (event: 30) { a: int; } table Painted (event: 31)"),
            (Lines{"k.Daubed took the event number 30 of k.Painted",
                   "k.Painted had event: 30 and has 31"}));
}

TEST(SchemaPromises, OfWholeTypesAreThatTheyStay) {
  EXPECT_EQ(broken_by("table Painted (event: 30)", "table Daubed (event: 30)"),
            (Lines{"k.Daubed took the event number 30 of k.Painted", "k.Painted is gone"}));
  EXPECT_EQ(broken_by("paint: Colour;", "paint: ubyte;"),
            Lines{"k.Line.paint had the type UByte k.Colour and has UByte"});
  EXPECT_EQ(broken_by("struct Line { item: uint; paint: Colour; spare: ubyte; spare2: ushort;",
                      "table Line { item: uint; paint: Colour; spare: ubyte; spare2: ushort;"),
            Lines{"k.Line was a struct and is a table"});
}

TEST(SchemaPromises, AreNotComparedWithWhatIsNoSchema) {
  const AlignedBuffer good = compiled(std::string(kReleased));
  EXPECT_EQ(broken_promises({}, good.bytes()), Lines{"the released schema is not a binary schema"});
  EXPECT_EQ(broken_promises(good.bytes(), good.bytes().first(40)),
            Lines{"the present schema is not a binary schema"});
}

TEST(SchemaPromises, OfEveryReleaseAreKept) {
  const std::vector<ReleasedSchema> releases = released_schemas("schema.bfbs");
  EXPECT_GE(releases.size(), 1U);
  for (const ReleasedSchema& released : releases) {
    EXPECT_EQ(broken_promises(released.schema.bytes(), kontor_binary_schema()), Lines{})
        << "promised with the release " << released.release
        << "; bytes stored since, and callers, go by it";
  }
}

}  // namespace
}  // namespace kontor::test
