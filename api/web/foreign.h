// What a browser could be made to send by a page that is not ours. The server speaks without TLS on
// loopback only, so whoever reaches it is on this machine; but so is every browser here.
#pragma once

#include <optional>

#include "api/http.h"

namespace kontor {

// A reply that refuses the request, or nothing:
//   421 where Host is no loopback address and not localhost: a foreign name that was made to point
//       here (DNS rebinding); 400 where HTTP/1.1 says none
//   403 where it changes something and comes from another site's page (Origin, Sec-Fetch-Site)
std::optional<HttpReply> refuse_foreign(const HttpRequest& request);

}  // namespace kontor
