#include "api/cli/verify_server.h"

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "history_answers_generated.h"
#include "wire_generated.h"

#include "api/cli/environment.h"
#include "api/cli/progress.h"
#include "api/cli/questions.h"
#include "api/cli/table.h"
#include "api/cli/told_pages.h"
#include "api/cli/words.h"
#include "engine/shard_number.h"
#include "events/log/page_chain.h"
#include "events/log/verify_log.h"
#include "projections/book.h"
#include "projections/sink.h"

namespace kontor::cli {
namespace {

constexpr int kLooksMax = 20;  // at a book that goes on meanwhile

// One book, checked page by page.
class BookCheck {
 public:
  explicit BookCheck(const ServerBook& told)
      : name_(told.name), book_(std::make_unique<Book>(local_book(told.number))) {
    chain_.book = local_book(told.number);
  }

  Status take(const PageView& page) {
    // Asking for what comes after a position begins with the page that holds it.
    if (page.header().page_number <= chain_.pages) return {};
    bytes_ += page.bytes();
    if (Status followed = chain_.follow(page); !followed) return where(page, followed.error());
    Status sound;
    page.for_each_decision([&](const DecisionView& decision) {
      if (sound) sound = verify_decision(decision);
      if (sound) sound = book_->replay(decision);
    });
    return sound ? Status{} : where(page, sound.error());
  }

  Status end() const { return book_->check_invariants(); }
  Sequence last() const { return chain_.last_sequence; }
  std::string digest() const { return hex(book_->digest()); }
  std::string root() const { return hex(chain_.tree.root()); }
  const std::string& name() const { return name_; }
  const PageChain& chain() const { return chain_; }
  std::uint64_t bytes() const { return bytes_; }

  bool compared = false;  // the digest, with the server's own

 private:
  Error where(const PageView& page, const Error& error) const {
    return {error.kind, "book " + name_ + ", page " + std::to_string(page.header().page_number) +
                            ": " + error.message};
  }

  std::string name_;
  std::unique_ptr<Book> book_;
  PageChain chain_;
  std::uint64_t bytes_ = 0;
};

struct ToldDigest {
  Sequence position;
  std::string digest;
};

Result<ToldDigest> ask_digest(Asking& asking) {
  QueryToSend query;
  query.question = wire::Question::digest;
  ToldDigest out;
  const Status asked =
      ask_pages(asking, query, 0, [&](const QueryResult& told) -> Result<std::uint64_t> {
        out.position = told.position;
        const auto* body = flatbuffers::GetRoot<wire::DigestAnswer>(told.body.data());
        if (body->digest() != nullptr) out.digest = body->digest()->str();
        return std::uint64_t{1};
      });
  if (!asked) return asked.error();
  return out;
}

// Fetches what there is, until the server's state is that of the last page fetched.
Status check_book(Asking& asking, BookCheck& check, Progress& progress) {
  for (int look = 0; look < kLooksMax && !check.compared; ++look) {
    const Result<Sequence> fetched =
        fetch_pages(asking, Sequence{check.last().value() + 1}, [&](const PageView& page) {
          Status taken = check.take(page);
          progress.update(check.last().value());
          return taken;
        });
    if (!fetched) return fetched.error();
    const Result<ToldDigest> told = ask_digest(asking);
    if (!told) return told.error();
    if (told->position != check.last()) continue;
    if (told->digest != check.digest()) {
      return Error{ErrorKind::kCorrupt, "book " + check.name() + ": at position " +
                                            std::to_string(check.last().value()) +
                                            " the server's state has the digest " + told->digest +
                                            ", the state that follows from its log " +
                                            check.digest() +
                                            "; stop it and run kontor verify --data"};
    }
    check.compared = true;
  }
  return check.end();
}

void print_checks(const Environment& env, const std::vector<std::unique_ptr<BookCheck>>& checks) {
  nlohmann::ordered_json json = {{"sound", true}};
  Table table({"book", "pages", "decisions", "events", "state compared", "root of its tree"});
  for (const auto& check : checks) {
    const PageChain& chain = check->chain();
    json["books"].push_back({{"number", chain.book.value()},
                             {"book", check->name()},
                             {"pages", chain.pages},
                             {"decisions", chain.decisions},
                             {"events", chain.last_sequence.value()},
                             {"bytes", check->bytes()},
                             {"tree_root", check->root()},
                             {"digest", check->digest()},
                             {"compared", check->compared}});
    table.add({check->name(), with_thousands(chain.pages), with_thousands(chain.decisions),
               with_thousands(chain.last_sequence.value()),
               check->compared ? "equal" : "not: the book goes on too fast", check->root()});
  }
  if (env.json) {
    env.out << json.dump() << '\n';
    return;
  }
  env.out
      << "sound: the pages the server tells, their tree, and the state that follows from them\n";
  table.print(env.out);
}

Result<std::vector<ServerBook>> books_to_check(const Environment& env, Client& client) {
  if (env.book.empty() && !client.server().books.empty()) return client.server().books;
  Result<ServerBook> book = target_book(env, client);
  if (!book) return book.error();
  return std::vector<ServerBook>{*book};
}

}  // namespace

int run_verify_server(const Environment& env) {
  Result<std::unique_ptr<Client>> client = connect(env);
  if (!client) return fail(env, client.error());
  const Result<std::vector<ServerBook>> books = books_to_check(env, **client);
  if (!books) return fail(env, books.error());
  Asking asking{.client = std::move(*client), .book = {}};
  std::vector<std::unique_ptr<BookCheck>> checks;
  for (const ServerBook& book : *books) {
    asking.book = book;
    checks.push_back(std::make_unique<BookCheck>(book));
    Progress progress(env.err, env.err_terminal, "events of book " + book.name,
                      book.position.value());
    const Status checked = check_book(asking, *checks.back(), progress);
    progress.finish();
    if (checked) continue;
    if (env.json && exit_status(checked.error().kind) == kExitCorrupt) {
      env.out
          << nlohmann::ordered_json{{"sound", false}, {"finding", checked.error().message}}.dump()
          << '\n';
    }
    return fail(env, checked.error());
  }
  print_checks(env, checks);
  return kExitDone;
}

}  // namespace kontor::cli
