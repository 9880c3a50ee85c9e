// JsonApi: what stands under /v1, for browsers and curl: commands and questions over the same
// schemas and the same table of words as the command line. On the HTTP thread.
//
//   GET  /v1/books                         the books there are
//   POST /v1/books                         OpenBook
//   POST /v1/books/NAME/commands           as kontor submit
//   POST /v1/books/NAME/check              as kontor check, of one command
//   GET  /v1/books/NAME                    as kontor get book
//   GET  /v1/books/NAME/WORD[/ARGUMENT]    as kontor get, list, why, explain exposure and events
//   GET  /v1/openapi.json                  all of this, with the schemas
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "api/http.h"
#include "api/questions/question.h"
#include "api/web/target.h"
#include "engine/engine.h"

namespace kontor {

class JsonApi {
 public:
  // `time`: commands and questions that are not begun by then are not. Both outlive it.
  JsonApi(Engine& engine, QuestionAnswerer& questions, std::chrono::milliseconds time)
      : engine_(engine), questions_(questions), time_(time) {}

  // A request whose path begins with /v1. `done` is called once.
  void answer(const HttpRequest& request, const Target& target, HttpDone done);

 private:
  void on_books(const HttpRequest& request, const Target& target, const HttpDone& done);
  void on_book(const HttpRequest& request, const Target& target, HttpDone done);
  void check(const BookInfo& book, const HttpRequest& request, HttpDone done);
  void ask(BookNumber book, const Target& target, HttpDone done);
  HttpReply books() const;

  Engine& engine_;
  QuestionAnswerer& questions_;
  const std::chrono::milliseconds time_;
};

}  // namespace kontor
