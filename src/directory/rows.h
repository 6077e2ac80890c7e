// How Directory reads rows: the bodies of its member templates, for its own files alone.
#pragma once

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "directory/directory.h"
#include "store/keys.h"

namespace posthorn::directory {

template <class Entry>
Result<std::vector<Entry>> Directory::all(const std::string& prefix) const {
  std::vector<Entry> entries;
  Result<void> outcome;
  const auto done = store_.scan(prefix, store::after_prefix(prefix), [&](std::string_view key, std::string_view value) {
    auto entry = decode<Entry>(std::string(key.substr(prefix.size())), value);
    if (entry)
      entries.push_back(std::move(*entry));
    else
      outcome = fail(entry);
    return outcome.has_value();
  });
  if (!done) return fail(done);
  if (!outcome) return fail(outcome);
  return entries;
}

template <class Entry>
Result<std::optional<Entry>> Directory::read(const std::string& key, std::string name) const {
  const auto row = store_.get(key);
  if (!row) return fail(row);
  if (!*row) return std::nullopt;
  auto entry = decode<Entry>(std::move(name), **row);
  if (!entry) return fail(entry);
  return std::optional(std::move(*entry));
}

}  // namespace posthorn::directory
