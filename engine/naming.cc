#include "engine/naming.h"

#include <algorithm>
#include <concepts>

#include "engine/rules/pool.h"
#include "events/codec/bodies.h"
#include "events/codec/catalog.h"
#include "projections/fold.h"

namespace kontor {
namespace {

template <class Command>
concept NamesOrder = requires(const Command& command) {
  { command.order() } -> std::same_as<const flatbuffers::String*>;
};

class Missing {
 public:
  explicit Missing(const Book& book) : book_(book) {}

  void by_name(SettledKind kind, std::string_view name) {
    if (name.empty() || book_.find_in_memory(kind, name) != 0) return;
    if (!book_.settled(kind).may_have(name)) return;
    found_.push_back({kind, name, 0});
  }
  void by_birth(SettledKind kind, std::uint64_t birth) {
    if (!book_.is_in_memory(kind, birth)) found_.push_back({kind, {}, birth});
  }
  template <class Invoices, class Pool>
  void by_names(const Invoices* invoices, const Pool* pool) {
    if (book_.settled(SettledKind::kInvoice).empty()) return;
    for (const PayInvoice& wanted : run(invoices))
      by_name(SettledKind::kInvoice, pool_name(pool, wanted.invoice()));
  }
  template <class Orders, class Pool>
  void by_order_names(const Orders* orders, const Pool* pool) {
    if (book_.settled(SettledKind::kOrder).empty()) return;
    for (const PayOrder& wanted : run(orders))
      by_name(SettledKind::kOrder, pool_name(pool, wanted.order()));
  }
  std::vector<NamedDocument> take() { return std::move(found_); }

 private:
  const Book& book_;
  std::vector<NamedDocument> found_;
};

// A credit note is of an invoice, and that of an order: all three change.
void look_at(const Book& book, const IssueCreditNote& command, Missing& missing) {
  missing.by_name(SettledKind::kCreditNote, view(command.credit_note()));
  missing.by_name(SettledKind::kInvoice, view(command.invoice()));
  const Invoice* const invoice = book.receivables().find_invoice(view(command.invoice()));
  if (invoice != nullptr) missing.by_birth(SettledKind::kOrder, invoice->order);
}

// Whatever it was applied to is open again.
void look_at(const Book& book, const CancelCreditNote& command, Missing& missing) {
  missing.by_name(SettledKind::kCreditNote, view(command.credit_note()));
  const CreditNote* const note = book.credit_notes().find(view(command.credit_note()));
  if (note == nullptr) return;
  missing.by_birth(SettledKind::kOrder, note->order);
  missing.by_birth(SettledKind::kInvoice, note->invoice);
  book.settlements().for_each_part(note->ref, [&](const AppliedPart& part) {
    missing.by_birth(SettledKind::kInvoice, part.invoice);
  });
}

void look_at(const Book&, const InvoiceOrder& command, Missing& missing) {
  missing.by_name(SettledKind::kOrder, view(command.order()));
  missing.by_name(SettledKind::kInvoice, view(command.invoice()));
}

void look_at(const Book&, const RecordPayment& command, Missing& missing) {
  missing.by_name(SettledKind::kPayment, view(command.payment()));
  missing.by_names(command.invoices(), command.names());
  missing.by_order_names(command.orders(), command.names());
}

void look_at(const Book&, const ApplyCredit& command, Missing& missing) {
  missing.by_name(SettledKind::kPayment, view(command.payment()));
  missing.by_name(SettledKind::kCreditNote, view(command.credit_note()));
  missing.by_names(command.invoices(), command.names());
  missing.by_order_names(command.orders(), command.names());
}

void look_at(const Book&, const UndoApplication& command, Missing& missing) {
  missing.by_name(SettledKind::kPayment, view(command.payment()));
  missing.by_name(SettledKind::kCreditNote, view(command.credit_note()));
  missing.by_name(SettledKind::kInvoice, view(command.invoice()));
  missing.by_name(SettledKind::kOrder, view(command.order()));
}

void look_at(const Book&, const Refund& command, Missing& missing) {
  missing.by_name(SettledKind::kPayment, view(command.payment()));
  missing.by_name(SettledKind::kCreditNote, view(command.credit_note()));
}

// The invoices that what goes back had closed, newest first; what is in deposits goes back before.
// Their credit notes with something left pay them again; those are in memory, as nothing with
// something left ever leaves.
void look_at(const Book& book, const ReversePayment& command, Missing& missing) {
  missing.by_name(SettledKind::kPayment, view(command.payment()));
  const Payment* const payment = book.receivables().find_payment(view(command.payment()));
  if (payment == nullptr) return;
  const bool whole = command.amount() == kAbsent;
  const Minor amount = whole ? payment->kept() : Minor{command.amount()};
  if (amount <= Minor{0} || amount > payment->kept()) return;  // it will be refused
  Minor left = amount - payment->unapplied() - payment->deposited;
  book.settlements().for_each_part(payment->ref, [&](const AppliedPart& part) {
    if (left > Minor{0}) missing.by_birth(SettledKind::kInvoice, part.invoice);
    left -= std::min(left, part.amount);
  });
}

void look_at(const Book&, const Reorder& command, Missing& missing) {
  missing.by_name(SettledKind::kOrder, view(command.order()));
  missing.by_name(SettledKind::kOrder, view(command.new_order()));
}

template <class Command>
void find_in(const Book& book, const Command& command, Missing& missing) {
  if constexpr (requires { look_at(book, command, missing); }) {
    look_at(book, command, missing);
  } else if constexpr (NamesOrder<Command>) {
    missing.by_name(SettledKind::kOrder, view(command.order()));
  }
}

}  // namespace

std::vector<NamedDocument> find_missing(const Book& book, const CommandInput& input) {
  Missing missing(book);
  switch (input.kind) {
#define KONTOR_NAMED(Name, number)                                          \
  case number:                                                              \
    find_in(book, *flatbuffers::GetRoot<Name>(input.body.data()), missing); \
    break;
    KONTOR_COMMANDS(KONTOR_NAMED)
#undef KONTOR_NAMED
    default:
      break;
  }
  return missing.take();
}

}  // namespace kontor
