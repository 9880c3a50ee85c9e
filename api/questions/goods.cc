// Items, warehouses, stock, and the lines that wait for it.
#include <algorithm>

#include "api/questions/present.h"

namespace kontor::questions {
namespace {

// A place in an item's queue is counted from its beginning, so going on costs what was shown.
constexpr std::uint64_t kQueueShownMax = 20'000;

void fill_stock(const Book& book, const StockRecord& record, wire::StockAnswerT& out) {
  auto& row = add_row(out.warehouses);
  row.warehouse = book.stock().name(WarehouseId{record.warehouse});
  row.on_hand = record.on_hand.value();
  row.reserved = record.reserved.value();
  row.salable = record.salable().value();
  row.last_change = record.last_change;
  out.on_hand += row.on_hand;
  out.reserved += row.reserved;
  out.salable += row.salable;
}

void fill_queue(const Book& book, ItemId item, std::span<const Backorder> waiting,
                wire::BackordersAnswerT& out) {
  for (const Backorder& backorder : waiting) {
    auto& row = add_row(out.backorders);
    row.item = book.catalogue().name(item);
    row.order = book.orders().name(book.orders().get(backorder.order));
    row.line = backorder.line;
    row.quantity = backorder.quantity.value();
  }
}

}  // namespace

Answered answer_item(const Book& book, const Query& query) {
  const auto id = book.catalogue().find_item(query.name);
  if (!id) return not_found("item", query.name, "items");
  const Item& item = book.catalogue().item(*id);
  wire::ItemAnswerT out;
  out.item = query.name;
  out.description = item.description;
  out.unit = item.unit;
  out.decimals = item.decimals;
  out.category = item.category;
  out.tax_category = name_of(book, "tax_category", item.tax_category);
  out.kind = item.kind;
  out.freight = item.freight;
  out.status = item.status;
  out.minimum = item.minimum.value();
  out.maximum = item.maximum.value();
  out.multiple = item.multiple.value();
  out.weight_grams = item.weight_grams;
  out.last_change = item.last_change.value();
  out.version = item.version;
  return answered(out);
}

Answered answer_warehouse(const Book& book, const Query& query) {
  const auto id = book.stock().find_warehouse(query.name);
  if (!id) return not_found("warehouse", query.name, "warehouses");
  const Warehouse& warehouse = book.stock().warehouse(*id);
  wire::WarehouseAnswerT out;
  out.warehouse = query.name;
  out.name = warehouse.name;
  out.regions = warehouse.regions;
  out.priority = warehouse.priority;
  out.lead_time_days = warehouse.lead_time_days;
  out.status = warehouse.status;
  out.last_change = warehouse.last_change.value();
  out.version = warehouse.version;
  return answered(out);
}

Answered answer_stock(const Book& book, const Query& query) {
  const auto item = book.catalogue().find_item(query.name);
  if (!item) return not_found("item", query.name, "items");
  std::optional<WarehouseId> only;
  if (!query.second.empty()) {
    only = book.stock().find_warehouse(query.second);
    if (!only) return not_found("warehouse", query.second, "warehouses");
  }
  wire::StockAnswerT out;
  out.item = query.name;
  out.unit = book.catalogue().item(*item).unit;
  out.backordered = book.stock().backordered(*item).value();
  book.stock().for_each_record(*item, [&](const StockRecord& record) {
    if (!only || only->value() == record.warehouse) fill_stock(book, record, out);
  });
  std::reverse(out.warehouses.begin(), out.warehouses.end());  // oldest record first
  return answered(out);
}

Answered list_items(const Book& book, const Query& query) {
  const Catalogue& catalogue = book.catalogue();
  wire::ItemsAnswerT out;
  auto next = fill_page(query, catalogue.item_count(), [&](std::uint64_t index, PageRoom&) {
    const ItemId id{static_cast<std::uint32_t>(index)};
    const Item& item = catalogue.item(id);
    auto& row = add_row(out.items);
    row.item = catalogue.name(id);
    row.description = item.description;
    row.unit = item.unit;
    row.status = item.status;
    return true;
  });
  return answered(out, std::move(next));
}

Answered list_warehouses(const Book& book, const Query& query) {
  const Stock& stock = book.stock();
  wire::WarehousesAnswerT out;
  auto next = fill_page(query, stock.warehouse_count(), [&](std::uint64_t index, PageRoom&) {
    const WarehouseId id{static_cast<std::uint32_t>(index)};
    const Warehouse& warehouse = stock.warehouse(id);
    auto& row = add_row(out.warehouses);
    row.warehouse = stock.name(id);
    row.name = warehouse.name;
    row.priority = warehouse.priority;
    row.status = warehouse.status;
    return true;
  });
  return answered(out, std::move(next));
}

// Place: the item's ordinal, and how many of its queue were shown.
Answered list_backorders(const Book& book, const Query& query) {
  std::uint64_t begin = query.after.first;
  std::uint64_t end = book.catalogue().item_count();
  if (!query.name.empty()) {
    const auto item = book.catalogue().find_item(query.name);
    if (!item) return not_found("item", query.name, "items");
    begin = std::max<std::uint64_t>(begin, item->value());
    end = item->value() + std::uint64_t{1};
  }
  std::uint64_t left = query.limit == 0 ? kRowsDefault : std::min(query.limit, kRowsMax);
  std::uint64_t examined = 0;
  wire::BackordersAnswerT out;
  for (std::uint64_t ordinal = begin; ordinal < end; ++ordinal) {
    if (left == 0 || ++examined > kExaminedMax) return answered(out, format_place({ordinal, 0}));
    const ItemId item{static_cast<std::uint32_t>(ordinal)};
    if (!book.stock().has_backorders(item)) continue;
    const std::uint64_t shown = ordinal == query.after.first ? query.after.second : 0;
    if (shown >= kQueueShownMax) continue;
    const auto queue = book.stock().oldest_backorders(item, shown + left + 1);
    if (queue.size() <= shown) continue;
    const std::uint64_t rows = std::min<std::uint64_t>(queue.size() - shown, left);
    fill_queue(book, item, std::span(queue).subspan(shown, rows), out);
    left -= rows;
    if (queue.size() > shown + rows) return answered(out, format_place({ordinal, shown + rows}));
  }
  return answered(out);
}

}  // namespace kontor::questions
