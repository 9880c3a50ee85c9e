// POST .../commands: from the body to the engine, and from its answers to the reply. Reading and
// writing of JSON happen on the HTTP thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "api/http.h"
#include "engine/engine.h"

namespace kontor {

// Where commands go. Book 0 takes OpenBook and nothing else.
struct CommandsTo {
  BookNumber book;
  std::string name;            // of a business book
  std::uint16_t currency = 0;  // of decimal money that names none; 0: none
};

// `time`: what is not begun by then is not. `done` is called once.
void post_commands(Engine& engine, const CommandsTo& to, const HttpRequest& request,
                   std::chrono::milliseconds time, const HttpDone& done);

}  // namespace kontor
