// An account's keywords: a name has one id for ever, names are the same whatever their case (RFC 9051 2.3.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "mailstore/flags.h"

namespace posthorn::mailstore {

class KeywordTable {
 public:
  std::optional<KeywordId> find(std::string_view name) const {
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (iequals(names_[i], name)) return static_cast<KeywordId>(i);
    return std::nullopt;
  }
  const std::string& name(KeywordId id) const { return names_[id]; }
  std::size_t size() const { return names_.size(); }
  bool is_full() const { return names_.size() >= kMostKeywords; }
  /// Ids count up from 0 in the order of definition.
  void define(std::string name) { names_.push_back(std::move(name)); }

 private:
  std::vector<std::string> names_;
};

}  // namespace posthorn::mailstore
