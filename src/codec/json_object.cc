#include "codec/json_object.h"

#include <boost/json.hpp>

#include <cmath>

namespace posthorn::codec {
namespace {

namespace json = boost::json;

constexpr std::size_t kLongest = 1024 * 1024;
constexpr double kLargest = 9007199254740992.0;  // 2^53

}  // namespace

struct JsonObject::Data {
  json::object object;
};

Result<JsonObject> JsonObject::parse(std::string_view text) {
  if (text.size() > kLongest) return fail(Code::syntax, "the JSON is too long");
  boost::system::error_code error;
  auto value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !value.is_object()) return fail(Code::syntax, "a JSON object is expected");
  return JsonObject(std::make_shared<const Data>(Data{std::move(value.get_object())}));
}

bool JsonObject::has(std::string_view key) const { return data_->object.contains({key.data(), key.size()}); }

std::optional<std::string> JsonObject::text(std::string_view key) const {
  const auto* value = data_->object.if_contains({key.data(), key.size()});
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

std::optional<bool> JsonObject::truth(std::string_view key) const {
  const auto* value = data_->object.if_contains({key.data(), key.size()});
  if (value == nullptr || !value->is_bool()) return std::nullopt;
  return value->get_bool();
}

std::optional<std::int64_t> JsonObject::number(std::string_view key) const {
  const auto* value = data_->object.if_contains({key.data(), key.size()});
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const double number = value->to_number<double>();
  if (!(std::abs(number) <= kLargest)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::vector<std::string> JsonObject::texts(std::string_view key) const {
  if (auto one = text(key)) return {std::move(*one)};
  std::vector<std::string> all;
  const auto* value = data_->object.if_contains({key.data(), key.size()});
  if (value == nullptr || !value->is_array()) return all;
  for (const auto& item : value->get_array())
    if (item.is_string()) all.emplace_back(item.get_string());
  return all;
}

std::vector<JsonObject> JsonObject::objects(std::string_view key) const {
  std::vector<JsonObject> all;
  const auto* value = data_->object.if_contains({key.data(), key.size()});
  if (value == nullptr || !value->is_array()) return all;
  for (const auto& item : value->get_array())
    if (item.is_object()) all.push_back(JsonObject(std::make_shared<const Data>(Data{item.get_object()})));
  return all;
}

}  // namespace posthorn::codec
