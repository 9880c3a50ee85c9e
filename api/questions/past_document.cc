// One order, invoice, payment or credit note as of a position or time: folded from its own stream,
// which the timeline finds, while commands go on. Nothing else of the book is replayed.
#include "api/questions/document_answers.h"
#include "api/questions/history.h"
#include "api/questions/stream_reader.h"

namespace kontor::questions {
namespace {

std::string birth_text(std::string_view word, std::string_view name, Sequence as_of,
                       std::uint64_t birth) {
  return "there was no " + std::string(word) + " '" + std::string(name) + "' at position " +
         std::to_string(as_of.value()) + ": it came at " + std::to_string(birth);
}

// Kind says how a document of its kind is found, folded and shown.
template <class Kind>
class PastDocument final : public HistoryQuestion {
 public:
  PastDocument(Query query, const Views* views) : query_(std::move(query)), views_(views) {}

  std::optional<Answered> begin(const Book& book) override {
    birth_ = Kind::find(book, query_.name);
    if (birth_ == 0) return not_found(Kind::kWord, query_.name, Kind::kList);
    end_ = book.last_sequence();
    past_ = std::make_unique<typename Kind::Past>(Kind::make(birth_));
    return std::nullopt;
  }

  Result<Slice> read(const LogReader& log, BookNumber book) override {
    if (!stream_) {
      const auto as_of = find_as_of(log, book, query_.as_of, query_.as_of_time, end_);
      if (!as_of.ok()) return as_of.error();
      as_of_ = *as_of;
      if (Sequence{birth_} > as_of_) {
        return Error{ErrorKind::kNotFound, birth_text(Kind::kWord, query_.name, as_of_, birth_)};
      }
      stream_.emplace(StreamReader::Range{{book, Kind::kStream, birth_}, Sequence{birth_}, as_of_},
                      views_);
    }
    const auto done = stream_->step(log, [&](const DecisionView& decision, const EventView& event) {
      born_ = born_ || event.sequence.value() == birth_;
      if (born_) fold(decision, event);
      return born_;
    });
    if (!done.ok()) return done.error();
    if (*done && !born_) {
      return Error{ErrorKind::kCorrupt, "the timeline lacks the birth of '" + query_.name +
                                            "' at " + std::to_string(birth_) +
                                            "; run kontor verify"};
    }
    return *done ? Slice::kFinished : Slice::kAgain;
  }

  Answered render(const Book& book) override { return Kind::show(book, *past_, birth_); }
  Sequence position() const override { return as_of_; }

 private:
  void fold(const DecisionView& decision, const EventView& event) {
    const DecisionHeader& header = decision.header();
    const Envelope by{event.sequence, Timestamp{header.recorded_at}, Date{header.effective_date},
                      Date{header.business_date}};
    fold_past(*past_, by, event);
  }

  Query query_;
  const Views* views_;
  std::uint64_t birth_ = 0;
  Sequence end_;
  Sequence as_of_;
  bool born_ = false;
  std::optional<StreamReader> stream_;
  std::unique_ptr<typename Kind::Past> past_;
};

template <class Document>
std::uint64_t birth_of(const Document* document) {
  return document == nullptr ? 0 : document->ref;
}

struct OrderKind {
  using Past = PastOrder;
  static constexpr std::string_view kWord = "order";
  static constexpr std::string_view kList = "orders";
  static constexpr StreamKind kStream = StreamKind::kOrder;
  static std::uint64_t find(const Book& book, std::string_view name) {
    return birth_of(book.orders().find(name));
  }
  static Past make(std::uint64_t) { return {}; }
  static Answered show(const Book& names, const Past& past, std::uint64_t birth) {
    return answered(
        order_answer(names, past.orders, past.orders.get(OrderRef{birth}), past.held.parts()));
  }
};

struct InvoiceKind {
  using Past = PastInvoice;
  static constexpr std::string_view kWord = "invoice";
  static constexpr std::string_view kList = "invoices";
  static constexpr StreamKind kStream = StreamKind::kInvoice;
  static std::uint64_t find(const Book& book, std::string_view name) {
    return birth_of(book.receivables().find_invoice(name));
  }
  static Past make(std::uint64_t birth) { return Past(birth); }
  static Answered show(const Book& names, const Past& past, std::uint64_t) {
    return answered(invoice_answer(names, {past.invoice(), past.instalments(), past.lines(),
                                           past.taxes(), past.credit_notes()}));
  }
};

struct PaymentKind {
  using Past = PastPayment;
  static constexpr std::string_view kWord = "payment";
  static constexpr std::string_view kList = "payments";
  static constexpr StreamKind kStream = StreamKind::kPayment;
  static std::uint64_t find(const Book& book, std::string_view name) {
    return birth_of(book.receivables().find_payment(name));
  }
  static Past make(std::uint64_t) { return {}; }
  static Answered show(const Book& names, const Past& past, std::uint64_t) {
    return answered(payment_answer(names, past.payment(), past.settlements()));
  }
};

struct CreditNoteKind {
  using Past = PastCreditNote;
  static constexpr std::string_view kWord = "credit_note";
  static constexpr std::string_view kList = "credit_notes";
  static constexpr StreamKind kStream = StreamKind::kCreditNote;
  static std::uint64_t find(const Book& book, std::string_view name) {
    return birth_of(book.credit_notes().find(name));
  }
  static Past make(std::uint64_t) { return {}; }
  static Answered show(const Book& names, const Past& past, std::uint64_t birth) {
    const CreditNote* const note = past.notes.find(CreditNoteRef{birth});
    KONTOR_ASSERT(note != nullptr);  // its birth was folded
    return answered(credit_note_answer(names, past.notes, *note, past.settlements));
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
