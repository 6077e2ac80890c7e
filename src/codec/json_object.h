// One JSON object (RFC 8259) of another server's, read for the members that are expected; never printed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace posthorn::codec {

class JsonObject {
 public:
  /// Errors: syntax for what is no object, nests deeper than 32, or is longer than 1 MiB.
  static Result<JsonObject> parse(std::string_view text);

  bool has(std::string_view key) const;
  /// Each: nothing where the member is missing or of another kind.
  std::optional<std::string> text(std::string_view key) const;
  std::optional<bool> truth(std::string_view key) const;
  /// Of whole seconds and the like: a fraction is cut off; nothing beyond 2^53.
  std::optional<std::int64_t> number(std::string_view key) const;
  /// A text, or the texts of an array.
  std::vector<std::string> texts(std::string_view key) const;
  /// The objects of an array.
  std::vector<JsonObject> objects(std::string_view key) const;

 private:
  struct Data;
  explicit JsonObject(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

  std::shared_ptr<const Data> data_;
};

}  // namespace posthorn::codec
