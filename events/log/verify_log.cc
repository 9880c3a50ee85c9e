#include "events/log/verify_log.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "events/codec/catalog.h"
#include "events/log/commit.h"
#include "events/log/page_chain.h"

namespace kontor {
namespace {

constexpr std::uint8_t kBodyVersion = 1;  // of every command and event so far
constexpr std::size_t kReasonBytesMax = 255;
constexpr std::uint64_t kProgressSteps = 100;

Error corrupt(std::string what) {
  return {ErrorKind::kCorrupt, std::move(what)};
}

Error newer(std::string what) {
  return {ErrorKind::kNewer, std::move(what)};
}

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

std::string_view cure_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kNewer:
      return "use the version that wrote the log or a later one";
    case ErrorKind::kCorrupt:
      return "change nothing in the data folder, and restore a backup";
    default:
      return "see to the disk, then verify again";
  }
}

bool is_identifier_or_none(std::string_view text) {
  return text.empty() || is_identifier(text);
}

Status verify_texts(const DecisionView& decision) {
  if (!is_identifier_or_none(decision.id())) return corrupt("its id is no identifier");
  if (!is_identifier_or_none(decision.actor())) return corrupt("its actor is no identifier");
  if (!is_identifier_or_none(decision.on_behalf_of())) {
    return corrupt("its on_behalf_of is no identifier");
  }
  if (!is_text(decision.reason(), kReasonBytesMax)) return corrupt("its reason is no text");
  if (!is_text(decision.correlation_id(), kReasonBytesMax)) {
    return corrupt("its correlation id is no text");
  }
  return {};
}

Status verify_event_body(const EventView& event) {
  const std::string_view name = event_name(event.header.kind);
  const std::string which = "event " + number(event.sequence.value()) + " ";
  if (name.empty()) return newer(which + "is of the unknown kind " + number(event.header.kind));
  if (event.header.version == 0 || event.header.version > kBodyVersion) {
    return newer(which + std::string(name) + " has version " + number(event.header.version));
  }
  if (!verify_event(event.header.kind, event.body)) {
    return corrupt(which + std::string(name) + " is malformed");
  }
  return {};
}

struct BookWalk {
  PageChain chain;
  std::uint64_t bytes = 0;
  CommitNumber last_commit;
};

class Walk {
 public:
  // False: a finding was made, and the walk is over.
  bool commit(CommitNumber number, std::span<const std::byte> bytes);
  void fail(const Error& error) { report_finding(error); }
  void at(CommitNumber number) { commit_ = number; }
  LogVerification result() &&;

 private:
  Status page(const PageView& page);
  Status decisions(const PageView& page);
  Status epoch_of(const PageHeader& header);
  void report_finding(const Error& error);

  LogVerification out_;
  std::map<BookNumber, BookWalk> books_;
  CommitNumber commit_;
  std::optional<PageHeader> page_;  // being looked at
  bool first_of_commit_ = true;
  std::uint32_t generation_ = 0;
};

bool Walk::commit(CommitNumber number, std::span<const std::byte> bytes) {
  commit_ = number;
  page_.reset();
  first_of_commit_ = true;
  const Status status =
      read_commit(number, bytes, [this](const PageView& view) { return page(view); });
  if (!status.ok()) {
    report_finding(status.error());
    return false;
  }
  out_.report.commits += 1;
  out_.report.bytes += bytes.size();
  return true;
}

// The page's own place before what is wrong with it.
Error in_page(const PageHeader& header, const Error& error) {
  return {error.kind, "book " + number(header.book) + ", page " + number(header.page_number) +
                          ": " + error.message};
}

// All pages of a commit have one epoch, which is the last commit's or the one after it.
Status Walk::epoch_of(const PageHeader& header) {
  const std::uint64_t last = out_.report.epoch.value();
  const std::uint64_t highest = first_of_commit_ ? last + 1 : last;
  if (header.epoch == 0 || header.epoch < last || header.epoch > highest) {
    return corrupt("epoch " + number(header.epoch) + " follows epoch " + number(last));
  }
  if (header.generation < generation_ || header.generation == 0) {
    return corrupt("generation " + number(header.generation) + " follows " + number(generation_));
  }
  out_.report.epoch = Epoch{header.epoch};
  generation_ = header.generation;
  first_of_commit_ = false;
  return {};
}

Status Walk::page(const PageView& page) {
  const PageHeader& header = page.header();
  page_ = header;
  if (Status status = epoch_of(header); !status.ok()) return in_page(header, status.error());
  BookWalk& book = books_[BookNumber{header.book}];
  book.chain.book = BookNumber{header.book};
  if (book.last_commit == commit_) {
    return in_page(header, corrupt("a second page of the book in one commit"));
  }
  book.last_commit = commit_;
  if (Status status = book.chain.follow(page); !status.ok()) return status;
  if (Status status = decisions(page); !status.ok()) return in_page(header, status.error());
  book.bytes += page.bytes();
  out_.report.pages += 1;
  out_.report.decisions += header.decision_count;
  out_.report.events += header.event_count;
  page_.reset();
  return {};
}

Status Walk::decisions(const PageView& page) {
  Status status;
  page.for_each_decision([&](const DecisionView& decision) {
    if (!status.ok()) return;
    status = verify_decision(decision);
  });
  return status;
}

void Walk::report_finding(const Error& error) {
  LogFinding finding;
  finding.kind = error.kind;
  finding.commit = commit_;
  finding.what = error.message;
  finding.cure = cure_of(error.kind);
  if (page_) {
    finding.book = BookNumber{page_->book};
    finding.page_number = page_->page_number;
  }
  out_.finding = std::move(finding);
}

LogVerification Walk::result() && {
  for (const auto& [book, walk] : books_) {
    if (walk.chain.pages == 0) continue;
    BookReport report;
    report.book = book;
    report.pages = walk.chain.pages;
    report.decisions = walk.chain.decisions;
    report.events = walk.chain.last_sequence.value();
    report.bytes = walk.bytes;
    report.tree_root = walk.chain.tree.root();
    out_.report.books.push_back(report);
  }
  return std::move(out_);
}

}  // namespace

std::string LogFinding::text() const {
  return what + "; " + cure;
}

Status verify_decision(const DecisionView& decision) {
  const DecisionHeader& header = decision.header();
  const std::string which = "decision with sequence " + number(header.first_sequence) + ": ";
  const auto within = [&](const Error& error) { return Error{error.kind, which + error.message}; };

  if (Status status = verify_texts(decision); !status.ok()) return within(status.error());
  const std::string_view name = command_name(header.command_kind);
  if (name.empty()) {
    return newer(which + "command of the unknown kind " + number(header.command_kind));
  }
  if (header.command_version == 0 || header.command_version > kBodyVersion) {
    return newer(which + std::string(name) + " has version " + number(header.command_version));
  }
  if (!verify_command(header.command_kind, decision.command())) {
    return corrupt(which + "command " + std::string(name) + " is malformed");
  }
  Status status;
  decision.for_each_event([&](const EventView& event) {
    if (!status.ok()) return;
    status = verify_event_body(event);
  });
  return status.ok() ? status : Status(within(status.error()));
}

LogVerification verify_log(const EventLog& log, const VerifyProgress& progress) {
  Walk walk;
  const CommitNumber last = log.tail().last;
  const std::uint64_t step = std::max<std::uint64_t>(last.value() / kProgressSteps, 1);
  bool sound = true;
  const auto visit = [&](CommitNumber commit, std::span<const std::byte> bytes) {
    sound = walk.commit(commit, bytes);
    if (progress && commit.value() % step == 0) progress(commit.value(), last.value());
    if (!sound) return false;
    walk.at(CommitNumber{commit.value() + 1});  // where an error of the log itself would be
    return true;
  };
  walk.at(CommitNumber{1});
  if (Status status = log.read(CommitNumber{1}, last, visit); sound && !status.ok()) {
    walk.fail(status.error());
  }
  return std::move(walk).result();
}

}  // namespace kontor
