#include <string>

#include "assortment_generated.h"
#include "define_assortment_generated.h"

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "events/base/limits.h"
#include "projections/fold.h"

namespace kontor {
namespace {

constexpr std::size_t kWordsMax = 256;  // categories, and tags

using Names = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>;

void check_count(Step& step, const Names* names, std::size_t most, std::string_view of_what) {
  if (names != nullptr && names->size() > most)
    step.refuse(too_many(Subject::assortment, most, of_what));
}

void check_words(Step& step, const Names* words, std::string_view what) {
  for (const std::string& word : texts(words)) {
    if (!is_identifier(word))
      step.refuse(about(ReasonCode::invalid_value, Subject::assortment, what));
  }
}

// Ordinals of what is named; refuses what is not known.
template <class Find>
std::vector<std::uint32_t> find_all(Step& step, const Names* names, ReasonCode unknown,
                                    Subject subject, Find find) {
  std::vector<std::uint32_t> out;
  for (const std::string& name : texts(names)) {
    const auto id = find(name);
    if (!id) step.refuse(about(unknown, subject, name));
    if (id) out.push_back(id->value());
  }
  return out;
}

}  // namespace

void decide(Step& step, const DefineAssortment& command) {
  const Book& book = step.book();
  const Assortments& all = book.catalogue().assortments();
  const std::string_view name = view(command.assortment());
  const auto known = all.find(name);
  expect_version(step, known ? all.get(*known).version : 0, Subject::assortment, name);
  expect_identifier(step, Subject::assortment, name);
  expect_text(step, "label", view(command.label()));
  check_count(step, command.items(), limits::kAssortmentItemsMax, "items");
  check_count(step, command.companies(), limits::kAssortmentItemsMax, "companies");
  check_count(step, command.categories(), kWordsMax, "categories");
  check_count(step, command.tags(), kWordsMax, "tags");
  check_words(step, command.categories(), "categories of 1 to 64 bytes");
  check_words(step, command.tags(), "tags of 1 to 64 bytes");
  const auto items =
      find_all(step, command.items(), ReasonCode::unknown_item, Subject::item,
               [&](std::string_view item) { return book.catalogue().find_item(item); });
  const auto companies =
      find_all(step, command.companies(), ReasonCode::unknown_company, Subject::company,
               [&](std::string_view company) { return book.parties().find_company(company); });
  if (step.refused()) return;

  const std::uint32_t ordinal = known ? known->value() : all.count();
  step.emit<AssortmentDefined>(
      ordinal_reference(ordinal), [&](flatbuffers::FlatBufferBuilder& out) {
        const auto assortment = known ? 0 : text(out, name);
        const auto label = text(out, view(command.label()));
        const auto item_list = out.CreateVector(items);
        const auto categories = out.CreateVectorOfStrings(texts(command.categories()));
        const auto company_list = out.CreateVector(companies);
        const auto tags = out.CreateVectorOfStrings(texts(command.tags()));
        return CreateAssortmentDefined(out, ordinal, assortment, label, item_list, categories,
                                       company_list, tags);
      });
}

}  // namespace kontor
