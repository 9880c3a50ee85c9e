// One order, invoice, payment or credit note as of a position or time: folded from its own stream,
// which the timeline finds, while commands go on. Nothing else of the book is replayed. One that
// left memory, as it was settled, is shown so as it is now.
#include "api/questions/document_answers.h"
#include "api/questions/document_reader.h"
#include "api/questions/present.h"

namespace kontor::questions {
namespace {

std::string birth_text(std::string_view word, std::string_view name, Sequence as_of,
                       std::uint64_t birth) {
  return "there was no " + std::string(word) + " '" + std::string(name) + "' at position " +
         std::to_string(as_of.value()) + ": it came at " + std::to_string(birth);
}

// Kind says how a document of its kind is found, folded and shown, and how it is shown at once
// where it can be.
template <class Kind>
class PastDocument final : public HistoryQuestion {
 public:
  PastDocument(Query query, const Views* views) : query_(std::move(query)), views_(views) {}

  std::optional<Answered> begin(const Book& book) override {
    if (!is_about_the_past(query_)) {
      if (auto present = Kind::show_present(book, query_)) return present;
    }
    birth_ = Kind::find(book, query_.name);
    if (birth_ == 0) return not_found(Kind::kWord, query_.name, Kind::kList);
    end_ = book.last_sequence();
    return std::nullopt;
  }

  Result<Slice> read(const LogReader& log, BookNumber book) override {
    if (!reader_) {
      const auto as_of = find_as_of(log, book, query_.as_of, query_.as_of_time, end_);
      if (!as_of.ok()) return as_of.error();
      as_of_ = *as_of;
      if (Sequence{birth_} > as_of_) {
        return Error{ErrorKind::kNotFound, birth_text(Kind::kWord, query_.name, as_of_, birth_)};
      }
      const StreamReader::Range range{{book, Kind::kStream, birth_}, Sequence{birth_}, as_of_};
      reader_ = std::make_unique<DocumentReader<typename Kind::Past>>(Kind::kRef, range, views_,
                                                                      Kind::make(birth_));
    }
    const auto done = reader_->step(log);
    if (!done.ok()) return done.error();
    return *done ? Slice::kFinished : Slice::kAgain;
  }

  Answered render(const Book& book) override { return Kind::show(book, reader_->past(), birth_); }
  Sequence position() const override { return as_of_; }

 private:
  Query query_;
  const Views* views_;
  std::uint64_t birth_ = 0;
  Sequence end_;
  Sequence as_of_;
  std::unique_ptr<DocumentReader<typename Kind::Past>> reader_;
};

struct OrderKind {
  using Past = PastOrder;
  static constexpr std::string_view kRef = "order";
  static std::optional<Answered> show_present(const Book& book, const Query& query) {
    if (book.orders().find(query.name) == nullptr) return std::nullopt;
    return answer_order(book, query);
  }
  static constexpr std::string_view kWord = "order";
  static constexpr std::string_view kList = "orders";
  static constexpr StreamKind kStream = StreamKind::kOrder;
  static std::uint64_t find(const Book& book, std::string_view name) {
    return book.find_document(SettledKind::kOrder, name);
  }
  static Past make(std::uint64_t) { return {}; }
  static Answered show(const Book& names, const Past& past, std::uint64_t birth) {
    return answered(order_answer(names, past.orders, past.orders.get(OrderRef{birth}),
                                 {past.held.parts(), past.deposits}));
  }
};

struct InvoiceKind {
  using Past = PastInvoice;
  static constexpr std::string_view kRef = "invoice";
  static std::optional<Answered> show_present(const Book& book, const Query& query) {
    return answer_invoice(book, query);
  }
  static constexpr std::string_view kWord = "invoice";
  static constexpr std::string_view kList = "invoices";
  static constexpr StreamKind kStream = StreamKind::kInvoice;
  static std::uint64_t find(const Book& book, std::string_view name) {
    return book.find_document(SettledKind::kInvoice, name);
  }
  static Past make(std::uint64_t birth) { return Past(birth); }
  static Answered show(const Book& names, const Past& past, std::uint64_t) {
    return answered(invoice_answer(names, {past.invoice(), past.instalments(), past.lines(),
                                           past.taxes(), past.credit_notes()}));
  }
};

struct PaymentKind {
  using Past = PastPayment;
  static constexpr std::string_view kRef = "payment";
  static std::optional<Answered> show_present(const Book& book, const Query& query) {
    return answer_payment(book, query);
  }
  static constexpr std::string_view kWord = "payment";
  static constexpr std::string_view kList = "payments";
  static constexpr StreamKind kStream = StreamKind::kPayment;
  static std::uint64_t find(const Book& book, std::string_view name) {
    return book.find_document(SettledKind::kPayment, name);
  }
  static Past make(std::uint64_t) { return {}; }
  static Answered show(const Book& names, const Past& past, std::uint64_t) {
    return answered(payment_answer(names, past.payment(), {past.settlements(), past.deposits()}));
  }
};

struct CreditNoteKind {
  using Past = PastCreditNote;
  static constexpr std::string_view kRef = "credit_note";
  static std::optional<Answered> show_present(const Book& book, const Query& query) {
    return answer_credit_note(book, query);
  }
  static constexpr std::string_view kWord = "credit_note";
  static constexpr std::string_view kList = "credit_notes";
  static constexpr StreamKind kStream = StreamKind::kCreditNote;
  static std::uint64_t find(const Book& book, std::string_view name) {
    return book.find_document(SettledKind::kCreditNote, name);
  }
  static Past make(std::uint64_t) { return {}; }
  static Answered show(const Book& names, const Past& past, std::uint64_t birth) {
    const CreditNote* const note = past.notes.find(CreditNoteRef{birth});
    KONTOR_ASSERT(note != nullptr);  // its birth was folded
    return answered(
        credit_note_answer(names, past.notes, *note, {past.settlements, past.deposits.parts()}));
  }
};

template <class Kind>
std::unique_ptr<HistoryQuestion> make(Query query, const Views* views) {
  return std::make_unique<PastDocument<Kind>>(std::move(query), views);
}

}  // namespace

std::unique_ptr<HistoryQuestion> make_past_document_question(Query query, const Views* views) {
  switch (query.question) {
    case wire::Question::order:
      return make<OrderKind>(std::move(query), views);
    case wire::Question::invoice:
      return make<InvoiceKind>(std::move(query), views);
    case wire::Question::payment:
      return make<PaymentKind>(std::move(query), views);
    case wire::Question::credit_note:
      return make<CreditNoteKind>(std::move(query), views);
    default:
      return nullptr;
  }
}

}  // namespace kontor::questions
