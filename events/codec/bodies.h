// All generated bodies. Heavy: include it in .cc files that handle every kind; elsewhere include
// the one header needed.
#pragma once

#include "allocate_order_generated.h"       // IWYU pragma: export
#include "approval_generated.h"             // IWYU pragma: export
#include "approve_order_generated.h"        // IWYU pragma: export
#include "book_generated.h"                 // IWYU pragma: export
#include "calendar_generated.h"             // IWYU pragma: export
#include "cancel_order_generated.h"         // IWYU pragma: export
#include "claim_log_generated.h"            // IWYU pragma: export
#include "company_generated.h"              // IWYU pragma: export
#include "credit_generated.h"               // IWYU pragma: export
#include "define_terms_generated.h"         // IWYU pragma: export
#include "examine_held_orders_generated.h"  // IWYU pragma: export
#include "fence_command_generated.h"        // IWYU pragma: export
#include "invoice_generated.h"              // IWYU pragma: export
#include "invoice_order_generated.h"        // IWYU pragma: export
#include "item_generated.h"                 // IWYU pragma: export
#include "open_book_generated.h"            // IWYU pragma: export
#include "open_business_day_generated.h"    // IWYU pragma: export
#include "order_generated.h"                // IWYU pragma: export
#include "payment_generated.h"              // IWYU pragma: export
#include "place_order_generated.h"          // IWYU pragma: export
#include "reasons_generated.h"              // IWYU pragma: export
#include "receive_stock_generated.h"        // IWYU pragma: export
#include "record_payment_generated.h"       // IWYU pragma: export
#include "register_buyer_generated.h"       // IWYU pragma: export
#include "register_company_generated.h"     // IWYU pragma: export
#include "register_item_generated.h"        // IWYU pragma: export
#include "register_warehouse_generated.h"   // IWYU pragma: export
#include "reject_order_generated.h"         // IWYU pragma: export
#include "release_hold_generated.h"         // IWYU pragma: export
#include "return_goods_generated.h"         // IWYU pragma: export
#include "rule_generated.h"                 // IWYU pragma: export
#include "serve_backorders_generated.h"     // IWYU pragma: export
#include "set_credit_limit_generated.h"     // IWYU pragma: export
#include "set_policy_generated.h"           // IWYU pragma: export
#include "set_price_generated.h"            // IWYU pragma: export
#include "set_rule_generated.h"             // IWYU pragma: export
#include "set_tax_rate_generated.h"         // IWYU pragma: export
#include "ship_order_generated.h"           // IWYU pragma: export
#include "stock_generated.h"                // IWYU pragma: export
#include "values_generated.h"               // IWYU pragma: export
