// The OpenAPI 3.1 description of what stands under /v1, made from the binary schemas of commands
// and answers and from the table of questions: nothing in it is written per command or question.
// `kontor openapi` prints it; api/openapi.json is the copy that a test holds it to.
#pragma once

#include <string>

namespace kontor {

std::string openapi_json();  // pretty, with an end of line

}  // namespace kontor
