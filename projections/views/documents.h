// Documents: orders, invoices, payments and credit notes as people look for them: by the beginning
// of a name or reference, by company, by date, in a state.
//
//   record  := book 'r' birth:u64 -> what a Document has
//   text    := book 't' lower-case-text 0 birth:u64 -> kind:u8    (name; reference, where given)
//   company := book 'c' company:u32 date:i32 birth:u64 -> kind:u8 (who ordered, and who pays)
//   date    := book 'd' date:i32 birth:u64 -> kind:u8
//   name    := book 'n' kind:u8 name -> birth:varint                 (names are never used again)
//
// Index rows are written at birth. A reference that is changed later gets a row beside the old
// one's, so whoever follows a row looks at the record again.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "events/base/money.h"
#include "events/base/time.h"
#include "projections/tables.h"
#include "projections/views/view.h"

namespace kontor {

// Both enums: permanent, they are in rows and on the wire.
enum class DocumentKind : std::uint8_t { kAny, kOrder, kInvoice, kPayment, kCreditNote };
enum class DocumentState : std::uint8_t {
  kAny = 0,
  kAwaitingApproval = 1,
  kRejected = 2,
  kOnHold = 3,
  kOpen = 4,
  kFulfilled = 5,
  kCancelled = 6,
  kPartPaid = 7,
  kPaid = 8,
  kPartCredited = 9,
  kCredited = 10,
  kSettled = 11,
  kFailed = 12,
};

struct Document {
  enum class Approval : std::uint8_t { kNone, kPending, kRejected };

  std::uint64_t birth = 0;
  DocumentKind kind = DocumentKind::kAny;
  std::string name;
  std::string reference;
  std::uint32_t company = 0;  // who ordered; of the others the payer
  std::uint32_t payer = 0;
  Date date;
  std::uint16_t currency = 0;
  Minor total;
  Minor open;      // of an invoice; else what is unapplied
  Minor paid;      // of an invoice
  Minor credited;  // of an invoice
  Minor reversed;  // of a payment
  Approval approval = Approval::kNone;
  bool held = false;
  bool fulfilled = false;
  bool cancelled = false;
  bool failed = false;

  DocumentState state() const;
};

class Documents final : public View {
 public:
  std::string_view name() const override { return "documents"; }
  std::uint32_t format() const override { return 2; }
  Status fold(BookNumber book, const DecisionView& decision, const RowSource& earlier) override;
  Status drain(const RowSink& sink) override;
  std::size_t pending_bytes() const override;

 private:
  struct Changed {
    KeyTable index;  // by birth
    std::vector<Document> documents;
  };
  class Folder;

  void add_index_rows(BookNumber book, const Document& document);
  void add_text_row(BookNumber book, const Document& document, std::string_view text);

  std::map<BookNumber, Changed> changed_;
  std::size_t changed_count_ = 0;
  RowHeap rows_;
};

// The birth of the document of that name; 0: none is in the rows. kCorrupt: a row that is none.
Result<std::uint64_t> find_document_birth(const RowSource& rows, BookNumber book, DocumentKind kind,
                                          std::string_view name);

struct DocumentSearch {
  BookNumber book{};
  DocumentKind kind = DocumentKind::kAny;
  DocumentState state = DocumentState::kAny;
  std::optional<std::uint32_t> company = {};
  Date from = kNoDate;  // kNoDate: whenever
  Date to = kNoDate;
  std::string text = {};  // names and references that begin so, whatever their case
};

// Where a search goes on: behind the row that these numbers name.
struct DocumentPlace {
  std::uint64_t first = 0;   // date, or 1: by name, 2: by reference
  std::uint64_t second = 0;  // birth; 0: the beginning
};

struct DocumentPage {
  std::vector<Document> documents;
  std::optional<DocumentPlace> next;  // nothing: that was all
};

// With a text in the order of the texts, else by date and birth. Looks at no more than
// `examined_max` rows of the index, so that a page may be short. kCorrupt: rows that are none;
// kNotFound: the place is none of this search.
Result<DocumentPage> search_documents(const RowSource& rows, const DocumentSearch& search,
                                      const DocumentPlace& after, std::size_t rows_max,
                                      std::size_t examined_max);

}  // namespace kontor
