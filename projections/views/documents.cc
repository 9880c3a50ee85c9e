#include "projections/views/documents.h"

#include "events/codec/bodies.h"
#include "events/codec/catalog.h"
#include "projections/fold.h"
#include "projections/views/document_rows.h"
#include "projections/views/keys.h"

namespace kontor {
namespace {

Minor sum_of(std::span<const Application> applications) {
  Minor sum;
  for (const Application& part : applications)
    sum += Minor{part.amount()};
  return sum;
}

DocumentState order_state(const Document& order) {
  using State = DocumentState;
  if (order.approval == Document::Approval::kRejected) return State::kRejected;
  if (order.cancelled) return State::kCancelled;
  if (order.approval == Document::Approval::kPending) return State::kAwaitingApproval;
  if (order.failed) return State::kFailed;
  if (order.held) return State::kOnHold;
  return order.fulfilled ? State::kFulfilled : State::kOpen;
}

DocumentState invoice_state(const Document& invoice) {
  using State = DocumentState;
  const bool by_money = invoice.paid > Minor{0} || invoice.credited == Minor{0};
  if (invoice.open == Minor{0}) return by_money ? State::kPaid : State::kCredited;
  if (invoice.open == invoice.total) return State::kOpen;
  return by_money ? State::kPartPaid : State::kPartCredited;
}

}  // namespace

DocumentState Document::state() const {
  using State = DocumentState;
  if (kind == DocumentKind::kOrder) return order_state(*this);
  if (kind == DocumentKind::kInvoice) return invoice_state(*this);
  if (cancelled || (reversed == total && total != Minor{0})) return State::kCancelled;
  return open == Minor{0} ? State::kSettled : State::kOpen;
}

// ---- folds --------------------------------------------------------------------------------------

// One decision's way into the records it changes. A record is read back from earlier rows where
// this batch has not changed it yet.
class Documents::Folder {
 public:
  Folder(Documents& view, BookNumber book, const DecisionView& decision, const RowSource& earlier)
      : view_(view),
        changed_(view.changed_[book]),
        book_(book),
        effective_(decision.header().effective_date),
        earlier_(earlier) {}

  Status fold(const EventView& event) {
    sequence_ = event.sequence.value();
    switch (event.header.kind) {
#define KONTOR_FOLD(Name, number) \
  case number:                    \
    return fold_as<Name>(event);
      KONTOR_EVENTS(KONTOR_FOLD)
#undef KONTOR_FOLD
      default:
        return check_event(book_, event);
    }
  }

 private:
  template <class Event>
  Status fold_as(const EventView& event) {
    if constexpr (requires(Folder & folder, const Event& body) { folder.on(body); }) {
      if (Status sound = check_event(book_, event); !sound.ok()) return sound;
      on(*flatbuffers::GetRoot<Event>(event.body.data()));
    }
    return status_;
  }

  void on(const OrderPlaced& event) {
    Document order = begin(DocumentKind::kOrder, view(event.order()), event.payer(), effective_);
    order.company = event.company();
    order.reference = view(event.buyer_reference());
    order.currency = event.currency();
    order.total = Minor{event.total()};
    finish(std::move(order));
  }
  // An order that others are placed after; cancelled while it makes none.
  void on(const RecurringOrderDefined& event) {
    if (event.order() != sequence_) {
      Document* const order = change(event.order());
      if (order == nullptr) return;
      order->total = Minor{event.total()};
      order->approval = Document::Approval::kNone;
      order->cancelled = false;
      order->reference = view(event.buyer_reference());
      view_.add_text_row(book_, *order, order->reference);
      return;
    }
    Document order = begin(DocumentKind::kOrder, view(event.name()), event.payer(), effective_);
    order.company = event.company();
    order.reference = view(event.buyer_reference());
    order.currency = event.currency();
    order.total = Minor{event.total()};
    finish(std::move(order));
  }
  void on(const RecurringOrderStopped& event) {
    if (Document* const order = change(event.order())) order->cancelled = true;
  }
  void on(const OrderAmended& event) {
    Document* const order = change(event.order());
    if (order == nullptr) return;
    order->total = Minor{event.total()};
    order->failed = false;
    if (event.buyer_reference() == nullptr) return;
    order->reference = view(event.buyer_reference());
    view_.add_text_row(book_, *order, order->reference);
  }
  void on(const ApprovalRequested& event) {
    set_approval(event, Document::Approval::kPending);
  }
  void on(const OrderApproved& event) {
    set_approval(event, Document::Approval::kNone);
  }
  void on(const OrderRejected& event) {
    set_approval(event, Document::Approval::kRejected);
  }
  void on(const ApprovalExpired& event) {
    if (event.outcome() == ExpiryOutcome::reject) {
      set_approval(event, Document::Approval::kRejected);
    }
  }
  void on(const OrderHeld& event) {
    if (Document* const order = change(event.order())) order->held = true;
  }
  void on(const HoldReleased& event) {
    if (Document* const order = change(event.order())) order->held = false;
  }
  void on(const OrderRepriced& event) {
    if (Document* const order = change(event.order())) order->total = Minor{event.total()};
  }
  void on(const OrderFailed& event) {
    if (Document* const order = change(event.order())) order->failed = true;
  }
  void on(const OrderRetried& event) {
    if (Document* const order = change(event.order())) order->failed = false;
  }
  void on(const OrderCancelled& event) {
    Document* const order = change(event.order());
    if (order == nullptr) return;
    order->cancelled = true;
    order->failed = false;
  }
  void on(const OrderFulfilled& event) {
    Document* const order = change(event.order());
    if (order == nullptr) return;
    order->fulfilled = true;
    order->failed = false;
    if (order->approval == Document::Approval::kPending)
      order->approval = Document::Approval::kNone;
  }

  void on(const InvoiceIssued& event) {
    Document invoice =
        begin(DocumentKind::kInvoice, view(event.invoice()), event.payer(), Date{event.date()});
    invoice.currency = event.currency();
    invoice.total = Minor{event.total()};
    for (const DepositPart& part : run(event.deposits()))
      (part.payment() != 0 ? invoice.paid : invoice.credited) += Minor{part.amount()};
    invoice.open = invoice.total - invoice.paid - invoice.credited;
    finish(std::move(invoice));
  }
  void on(const PaymentReceived& event) {
    Document payment =
        begin(DocumentKind::kPayment, view(event.payment()), event.payer(), effective_);
    payment.reference = view(event.reference());
    payment.currency = event.currency();
    payment.total = payment.open = Minor{event.amount()};
    finish(std::move(payment));
  }
  void on(const CreditNoteIssued& event) {
    Document note = begin(DocumentKind::kCreditNote, view(event.credit_note()), event.payer(),
                          Date{event.date()});
    note.currency = event.currency();
    note.total = note.open = Minor{event.total()};
    finish(std::move(note));
  }
  void on(const PaymentApplied& event) {
    settle(event.payment(), run(event.applications()), &Document::paid, 1);
  }
  void on(const PaymentUnapplied& event) {
    settle(event.payment(), run(event.applications()), &Document::paid, -1);
  }
  void on(const CreditNoteApplied& event) {
    settle(event.credit_note(), run(event.applications()), &Document::credited, 1);
  }
  void on(const CreditNoteUnapplied& event) {
    settle(event.credit_note(), run(event.applications()), &Document::credited, -1);
  }
  // What is in a deposit is not unapplied, as what is applied is not: an invoice that deducts it
  // changes nothing about that.
  void on(const DepositApplied& event) {
    Document* const source = change(event.payment() != 0 ? event.payment() : event.credit_note());
    if (source != nullptr) source->open -= Minor{event.amount()};
  }
  void on(const DepositReleased& event) {
    for (const DepositPart& part : run(event.parts())) {
      Document* const source = change(part.payment() != 0 ? part.payment() : part.credit_note());
      if (source == nullptr) return;
      source->open += Minor{part.amount()};
    }
  }
  void on(const PaymentReversed& event) {
    Document* const payment = change(event.payment());
    if (payment == nullptr) return;
    payment->open -= Minor{event.amount()};
    payment->reversed += Minor{event.amount()};
  }
  void on(const RefundPaid& event) {
    Document* const source = change(event.payment() != 0 ? event.payment() : event.credit_note());
    if (source != nullptr) source->open -= Minor{event.amount()};
  }
  void on(const CreditNoteCancelled& event) {
    Document* const note = change(event.credit_note());
    if (note == nullptr) return;
    note->cancelled = true;
    note->open = Minor{0};
  }

  template <class Event>
  void set_approval(const Event& event, Document::Approval approval) {
    if (Document* const order = change(event.order())) order->approval = approval;
  }

  void settle(std::uint64_t source, std::span<const Application> parts, Minor Document::*settled,
              std::int64_t sign) {
    if (Document* const from = change(source)) from->open -= Minor{sign * sum_of(parts).value()};
    for (const Application& part : parts) {
      Document* const invoice = change(part.invoice());
      if (invoice == nullptr) return;
      const Minor amount{sign * part.amount()};
      invoice->open -= amount;
      invoice->*settled += amount;
    }
  }

  Document begin(DocumentKind kind, std::string_view name, std::uint32_t payer, Date date) const {
    Document out;
    out.birth = sequence_;
    out.kind = kind;
    out.name = name;
    out.company = out.payer = payer;
    out.date = date;
    return out;
  }
  void finish(Document document) {
    view_.add_index_rows(book_, document);
    keep(std::move(document));
  }

  Document& keep(Document document) {
    changed_.index.set(document.birth, static_cast<std::uint32_t>(changed_.documents.size()));
    ++view_.changed_count_;
    return changed_.documents.emplace_back(std::move(document));
  }

  // Null: it could not be read, and status_ says why.
  Document* change(std::uint64_t birth) {
    if (const auto index = changed_.index.find(birth)) return &changed_.documents[*index];
    auto stored = earlier_.get(document_key(book_, birth));
    if (!stored.ok()) {
      status_ = stored.error();
      return nullptr;
    }
    auto document = *stored ? read_document(birth, **stored) : std::nullopt;
    if (!document) {
      status_ = Error{ErrorKind::kCorrupt, "the documents lack the one of position " +
                                               std::to_string(birth) + " of book " +
                                               std::to_string(book_.value())};
      return nullptr;
    }
    return &keep(std::move(*document));
  }

  Documents& view_;
  Changed& changed_;
  BookNumber book_;
  Date effective_;
  const RowSource& earlier_;
  std::uint64_t sequence_ = 0;
  Status status_;
};

Status Documents::fold(BookNumber book, const DecisionView& decision, const RowSource& earlier) {
  Folder folder(*this, book, decision, earlier);
  Status status;
  decision.for_each_event([&](const EventView& event) {
    if (status.ok()) status = folder.fold(event);
  });
  return status;
}

// ---- rows ---------------------------------------------------------------------------------------

void Documents::add_text_row(BookNumber book, const Document& document, std::string_view text) {
  if (text.empty()) return;
  rows_.add(document_text_key(book, text, document.birth), document_kind_value(document.kind));
}

void Documents::add_index_rows(BookNumber book, const Document& document) {
  const std::string kind = document_kind_value(document.kind);
  std::string birth;
  append_varint(birth, document.birth);
  rows_.add(document_name_key(book, document.kind, document.name), birth);
  add_text_row(book, document, document.name);
  add_text_row(book, document, document.reference);
  rows_.add(document_date_key(book, document.date, document.birth), kind);
  rows_.add(document_company_key(book, document.company, document.date, document.birth), kind);
  if (document.payer == document.company) return;
  rows_.add(document_company_key(book, document.payer, document.date, document.birth), kind);
}

Status Documents::drain(const RowSink& sink) {
  std::string value;
  for (const auto& [book, changed] : changed_) {
    for (const Document& document : changed.documents) {
      value.clear();
      write_document(document, value);
      rows_.add(document_key(book, document.birth), value);
    }
  }
  changed_.clear();
  changed_count_ = 0;
  return rows_.drain(sink);
}

std::size_t Documents::pending_bytes() const {
  return rows_.bytes() + changed_count_ * 2 * sizeof(Document);
}

}  // namespace kontor
