#include "api/cli/csv_file.h"

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include <csv.h>
#include <lzma.h>

namespace kontor::cli {
namespace {

constexpr std::size_t kChunkBytes = 256U << 10;
constexpr std::uint64_t kXzMemoryMax = 256U << 20;
constexpr std::array<unsigned char, 6> kXzMagic = {0xFD, '7', 'z', 'X', 'Z', 0};

Error malformed(const std::string& path, const std::string& what) {
  return Error{ErrorKind::kMalformed, path + ": " + what};
}

// libcsv with its callbacks: gathers fields into records.
class Parser {
 public:
  explicit Parser(const CsvVisitor& visitor) : visitor_(visitor) {
    ready_ = csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI) == 0;
  }
  ~Parser() {
    if (ready_) csv_free(&parser_);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  Status take(std::span<const unsigned char> bytes) {
    if (!ready_) return Error{ErrorKind::kIo, "the CSV reader could not be made"};
    const std::size_t read = csv_parse(&parser_, bytes.data(), bytes.size(), &Parser::on_field,
                                       &Parser::on_record, this);
    if (failed_.has_value()) return *failed_;
    if (read != bytes.size()) return broken();
    return {};
  }
  Status end() {
    if (csv_fini(&parser_, &Parser::on_field, &Parser::on_record, this) != 0) return broken();
    if (failed_.has_value()) return *failed_;
    return {};
  }

 private:
  Error broken() {
    return Error{ErrorKind::kMalformed, "record " + std::to_string(records_ + 1) +
                                            " is not CSV: " + csv_strerror(csv_error(&parser_))};
  }
  static void on_field(void* data, std::size_t size, void* self) {
    auto* parser = static_cast<Parser*>(self);
    if (parser->fields_.size() == parser->count_) parser->fields_.emplace_back();
    parser->fields_[parser->count_++].assign(static_cast<const char*>(data), size);
  }
  static void on_record(int /*end*/, void* self) {
    auto* parser = static_cast<Parser*>(self);
    const std::size_t count = std::exchange(parser->count_, 0);
    ++parser->records_;
    if (parser->failed_.has_value()) return;
    const Status taken =
        parser->visitor_.record(parser->records_, std::span(parser->fields_).first(count));
    if (!taken) parser->failed_ = taken.error();
  }

  const CsvVisitor& visitor_;
  csv_parser parser_{};
  bool ready_ = false;
  std::vector<std::string> fields_;  // kept from record to record, for their memory
  std::size_t count_ = 0;
  std::uint64_t records_ = 0;
  std::optional<Error> failed_;
};

// Unpacks xz when the file is packed; else hands bytes on as they are.
class Unpacker {
 public:
  explicit Unpacker(bool packed) : packed_(packed) {
    if (packed_) {
      ready_ = lzma_stream_decoder(&stream_, kXzMemoryMax, LZMA_CONCATENATED) == LZMA_OK;
    }
  }
  ~Unpacker() { lzma_end(&stream_); }
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;

  Status take(std::span<const unsigned char> bytes, bool last, Parser& parser) {
    if (!packed_) return parser.take(bytes);
    if (!ready_) return Error{ErrorKind::kIo, "the xz reader could not be made"};
    stream_.next_in = bytes.data();
    stream_.avail_in = bytes.size();
    for (;;) {
      stream_.next_out = out_->data();
      stream_.avail_out = out_->size();
      const lzma_ret code = lzma_code(&stream_, last ? LZMA_FINISH : LZMA_RUN);
      if (code != LZMA_OK && code != LZMA_STREAM_END) {
        return Error{ErrorKind::kMalformed, "the xz file is damaged or cut off"};
      }
      const std::size_t made = out_->size() - stream_.avail_out;
      if (Status taken = parser.take(std::span(*out_).first(made)); !taken) return taken;
      if (code == LZMA_STREAM_END || (stream_.avail_in == 0 && stream_.avail_out != 0 && !last)) {
        return {};
      }
    }
  }

 private:
  bool packed_;
  bool ready_ = false;
  lzma_stream stream_ = LZMA_STREAM_INIT;
  std::unique_ptr<std::array<unsigned char, kChunkBytes>> out_ =
      std::make_unique<std::array<unsigned char, kChunkBytes>>();
};

bool is_xz(std::ifstream& file) {
  std::array<char, kXzMagic.size()> begin{};
  file.read(begin.data(), begin.size());
  const bool packed = std::memcmp(begin.data(), kXzMagic.data(), kXzMagic.size()) == 0;
  file.clear();
  file.seekg(0);
  return packed;
}

}  // namespace

Status read_csv(const std::string& path, const CsvVisitor& visitor) {
  std::ifstream file(path, std::ios::binary);
  std::error_code failed;
  const std::uint64_t total = std::filesystem::file_size(path, failed);
  if (!file || failed) {
    return Error{ErrorKind::kUsage,
                 path + ": cannot be read; give a CSV file, packed with xz or not"};
  }
  Unpacker unpacker(is_xz(file));
  Parser parser(visitor);
  std::vector<unsigned char> chunk(kChunkBytes);
  std::uint64_t done = 0;
  bool last = false;
  while (!last) {
    file.read(reinterpret_cast<char*>(chunk.data()), static_cast<std::streamsize>(chunk.size()));
    if (file.bad()) return Error{ErrorKind::kIo, path + ": reading failed"};
    const auto count = static_cast<std::size_t>(file.gcount());
    last = file.eof();
    if (Status taken = unpacker.take(std::span(chunk).first(count), last, parser); !taken) {
      return malformed(path, taken.error().message);
    }
    done += count;
    visitor.progress(done, total);
  }
  if (Status ended = parser.end(); !ended) return malformed(path, ended.error().message);
  return {};
}

}  // namespace kontor::cli
