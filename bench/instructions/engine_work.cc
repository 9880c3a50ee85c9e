// decide, fold and page: what a command costs between the frame and the disk.
#include <array>
#include <utility>
#include <vector>

#include "bench/instructions/counted.h"
#include "bench/world.h"
#include "events/base/assert.h"
#include "events/log/commit.h"
#include "events/log/page_chain.h"

namespace kontor::bench {
namespace {

constexpr std::uint64_t kPayments = 2'000;
constexpr std::uint64_t kLives = 400;
constexpr std::uint32_t kPageDecisions = 1'000;

// ---- decide: commands into decisions, each event folded as it is made
// -----------------------------------------------------------------------

template <Work kWork>
class Decide final : public Counted {
 public:
  Decide() {
    // What is made at first use (tables, buffers that grow) belongs to no command.
    for (const Kept& command : world_.make(kWork, 300))
      take(command);
    commands_ = world_.make(kWork, kWork == Work::kPayments ? kPayments : kLives);
  }

  std::uint64_t run() override {
    for (const Kept& command : commands_)
      take(command);
    return commands_.size();
  }

 private:
  void take(const Kept& command) {
    if (page_.decisions() == 0) world_.begin(page_);
    world_.decide(page_, command);
    if (page_.decisions() == kPageDecisions) page_.clear();
  }

  World world_;
  PageBuilder page_;
  std::vector<Kept> commands_;
};

// ---- fold: the decisions of a log into a fresh book
// -----------------------------------------------------------------------

// A log of the set-up and then of the work, and where the work begins.
class WrittenLog {
 public:
  WrittenLog(Work work, std::uint64_t units) {
    first_ = Sequence{world_.book().last_sequence().value() + 1};
    PageBuilder page;
    world_.begin(page);
    for (const Kept& command : world_.make(work, units)) {
      world_.decide(page, command);
      if (page.decisions() < kPageDecisions) continue;
      world_.commit(page);
      world_.begin(page);
    }
    if (!page.empty()) world_.commit(page);
    const Status read = world_.log().read(CommitNumber{1}, world_.log().tail().last,
                                          [&](CommitNumber, std::span<const std::byte> bytes) {
                                            commits_.emplace_back(bytes);
                                            return true;
                                          });
    KONTOR_ASSERT(read.ok());
  }

  Sequence first() const { return first_; }
  const std::vector<AlignedBuffer>& commits() const { return commits_; }

 private:
  World world_;
  Sequence first_;
  std::vector<AlignedBuffer> commits_;
};

template <Work kWork>
class Fold final : public Counted {
 public:
  Fold() : log_(kWork, kWork == Work::kPayments ? kPayments : kLives) {
    books_.add();
    for (const AlignedBuffer& commit : log_.commits()) {
      const Result<PageView> page = read_page(commit.bytes());
      KONTOR_ASSERT(page.ok());
      const BookNumber book{page->header().book};
      page->for_each_decision([&](const DecisionView& decision) {
        const Sequence sequence{decision.header().first_sequence};
        if (book == kBook && sequence >= log_.first()) {
          decisions_.push_back(decision);
        } else {
          KONTOR_ASSERT(books_.find(book)->replay(decision).ok());
        }
      });
    }
  }

  std::uint64_t run() override {
    Book& book = *books_.find(kBook);
    for (const DecisionView& decision : decisions_) {
      const Status folded = book.replay(decision);
      KONTOR_ASSERT(folded.ok());
    }
    return decisions_.size();
  }

 private:
  static constexpr BookNumber kBook{1};

  WrittenLog log_;
  Books books_;
  std::vector<DecisionView> decisions_;
};

// ---- page: a group commit sealed, read back and followed
// -----------------------------------------------------------------------

class SealPage final : public Counted {
 public:
  SealPage() {
    world_.begin(page_);
    chain_.book = BookNumber{1};
    chain_.last_sequence = world_.book().last_sequence();
    chain_.durable_watermark = chain_.last_sequence;
    for (const Kept& command : world_.make(Work::kPayments, kPageDecisions))
      world_.decide(page_, command);
    scratch_.reserve(2 * page_.page_bytes());
  }

  std::uint64_t run() override {
    const std::array<CommitPage, 1> pages{CommitPage{&page_, &chain_}};
    const auto sealed = seal_commit(pages, CommitStamp{Epoch{1}, CommitNumber{1}}, scratch_);
    KONTOR_ASSERT(!sealed.empty());
    return kPageDecisions;
  }

 private:
  World world_;
  PageBuilder page_;
  PageChain chain_;
  AlignedBuffer scratch_;
};

// As a start and a verification do: checksums, structure, hash tree, root.
class ReadPage final : public Counted {
 public:
  ReadPage() : log_(Work::kPayments, kPayments) {}

  std::uint64_t run() override {
    std::array<PageChain, 2> chains{};
    chains[1].book = BookNumber{1};
    std::uint64_t decisions = 0;
    CommitNumber number{1};
    for (const AlignedBuffer& commit : log_.commits()) {
      const Status read = read_commit(number, commit.bytes(), [&](const PageView& page) {
        decisions += page.header().decision_count;
        return chains.at(page.header().book).follow(page);
      });
      KONTOR_ASSERT(read.ok());
      number = CommitNumber{number.value() + 1};
    }
    return decisions;
  }

 private:
  WrittenLog log_;
};

template <class Kind>
std::unique_ptr<Counted> make() {
  return std::make_unique<Kind>();
}

}  // namespace

std::span<const CountedWork> engine_work() {
  static constexpr std::array kWork = {
      CountedWork{"decide_place_order", &make<Decide<Work::kOrders>>},
      CountedWork{"decide_record_payment", &make<Decide<Work::kPayments>>},
      CountedWork{"decide_lifecycle", &make<Decide<Work::kLifecycles>>},
      CountedWork{"fold_record_payment", &make<Fold<Work::kPayments>>},
      CountedWork{"fold_lifecycle", &make<Fold<Work::kLifecycles>>},
      CountedWork{"page_seal", &make<SealPage>},
      CountedWork{"page_read_and_verify", &make<ReadPage>},
  };
  return kWork;
}

}  // namespace kontor::bench
