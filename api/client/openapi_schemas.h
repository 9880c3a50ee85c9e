// Tables of the binary schemas as JSON schemas (2020-12). Heavy (nlohmann): for .cc files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "events/codec/schema_plan.h"

namespace kontor {

// Collects the schemas of tables and of everything in them, each under a name of its own:
// commands.NAME as callers write it, answers.NAME as the server does.
class OpenApiSchemas {
 public:
  using Json = nlohmann::ordered_json;
  enum class Side { kCommands, kAnswers };

  // {"$ref": ...} to the schema of a table, which is there from now on.
  Json refer(const ObjectPlan& plan, Side side);
  void add(const std::string& name, Json schema) { schemas_[name] = std::move(schema); }
  // The properties and required ones of a table, to be added to.
  Json object(const ObjectPlan& plan, Side side);

  const Json& schemas() const { return schemas_; }

  static Json refer_to(const std::string& name) {
    return {{"$ref", "#/components/schemas/" + name}};
  }

 private:
  Json field(const FieldPlan& field, Side side);
  static Json scalar(const FieldPlan& field, Side side);

  Json schemas_ = Json::object();
};

}  // namespace kontor
