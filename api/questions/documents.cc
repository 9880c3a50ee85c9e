// documents: orders, invoices, payments and credit notes by company, kind, date, state and the
// beginning of a name or reference.
#include "projections/views/documents.h"

#include "api/questions/history.h"
#include "engine/views/fresh_view.h"

namespace kontor::questions {
namespace {

static_assert(static_cast<int>(DocumentState::kFailed) ==
              static_cast<int>(wire::DocumentState::failed));
static_assert(static_cast<int>(DocumentKind::kCreditNote) ==
              static_cast<int>(wire::DocumentKind::credit_note));

// The value of a wire enum by its word; nothing: no such word. `all` gets the words there are.
template <class Values, class Name>
auto find_word(const Values& values, Name name, std::string_view word, std::string& all) {
  std::optional<std::remove_cvref_t<decltype(values[0])>> found;
  for (const auto value : values) {
    if (value == values[0]) continue;  // any
    all += (all.empty() ? "" : ", ") + std::string(name(value));
    if (word == name(value)) found = value;
  }
  return found;
}

class DocumentsQuestion final : public HistoryQuestion {
 public:
  DocumentsQuestion(Query query, const Views* views) : query_(std::move(query)), views_(views) {
    search_.from = query_.date_from;
    search_.to = query_.date_to;
    search_.text = query_.third;
  }

  std::optional<Answered> begin(const Book& book) override {
    if (auto wrong = read_words()) return wrong;
    CompanyFilter filter = company_filter(book, query_);
    if (filter.wrong) return std::move(*filter.wrong);
    if (filter.only) search_.company = filter.only->value();
    search_.book = book.number();
    end_ = book.last_sequence();
    return std::nullopt;
  }

  Result<Slice> read(const LogReader& log, BookNumber book) override {
    if (!view_) {
      view_.emplace("documents", views_, book, end_);
      if (Status opened = view_->open(); !opened.ok()) return opened.error();
    }
    const Result<bool> complete = view_->advance(log, kDecisionsOfSlice);
    if (!complete.ok()) return complete.error();
    if (!*complete) return Slice::kAgain;
    const std::size_t rows = query_.limit == 0 ? kRowsDefault : std::min(query_.limit, kRowsMax);
    auto page = search_documents(*view_, search_, {query_.after.first, query_.after.second}, rows,
                                 kExaminedMax);
    if (!page.ok()) return page.error();
    page_ = std::move(*page);
    return Slice::kFinished;
  }

  Answered render(const Book& book) override {
    wire::DocumentsAnswerT out;
    for (const Document& document : page_.documents) {
      auto& row = add_row(out.documents);
      row.kind = static_cast<wire::DocumentKind>(document.kind);
      row.document = document.name;
      row.company = name_of(book, "company", CompanyId{document.company});
      row.payer = name_of(book, "company", CompanyId{document.payer});
      row.date = document.date.value();
      row.state = static_cast<wire::DocumentState>(document.state());
      row.total = document.total.value();
      row.open = document.open.value();
      row.currency = document.currency;
      row.reference = document.reference;
      row.made_at = document.birth;
    }
    return answered(
        out, page_.next ? format_place({page_.next->first, page_.next->second}) : std::string{});
  }

  // The store may have come further since the question was begun.
  Sequence position() const override { return view_ ? std::max(end_, view_->stored()) : end_; }

 private:
  std::optional<Answered> read_words() {
    std::string words;
    if (!query_.second.empty()) {
      const auto kind = find_word(wire::EnumValuesDocumentKind(), wire::EnumNameDocumentKind,
                                  query_.second, words);
      if (!kind) return unknown("kind", query_.second, words);
      search_.kind = static_cast<DocumentKind>(*kind);
    }
    if (!query_.state.empty()) {
      words.clear();
      const auto state = find_word(wire::EnumValuesDocumentState(), wire::EnumNameDocumentState,
                                   query_.state, words);
      if (!state) return unknown("state", query_.state, words);
      search_.state = static_cast<DocumentState>(*state);
    }
    return std::nullopt;
  }

  static Answered unknown(std::string_view what, const std::string& word,
                          const std::string& words) {
    return refused(StatusCode::kMalformed, "'" + word + "' is no " + std::string(what) +
                                               " of a document; there are " + words);
  }

  Query query_;
  const Views* views_;
  DocumentSearch search_;
  Sequence end_;
  std::optional<FreshView> view_;
  DocumentPage page_;
};

}  // namespace

std::unique_ptr<HistoryQuestion> make_documents_question(Query query, const Views* views) {
  return std::make_unique<DocumentsQuestion>(std::move(query), views);
}

}  // namespace kontor::questions
