#include "base/metrics.h"

#include <fmt/format.h>

#include <algorithm>

namespace posthorn {
inline namespace base {
namespace metrics {
namespace {

/// Set before main() runs, by the constructors of static objects.
std::atomic<Family*>& newest() {
  static std::atomic<Family*> family{nullptr};
  return family;
}

std::string joined(const std::string& a, const std::string& b) { return a.empty() || b.empty() ? a + b : a + "," + b; }

}  // namespace

std::string label(std::string_view key, std::string_view value) {
  std::string out(key);
  out += "=\"";
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + '"';
}

Page::Entry& Page::entry(std::string_view name) {
  const auto it = std::ranges::find(entries_, name, &Entry::name);
  if (it != entries_.end()) return *it;
  return entries_.emplace_back(Entry{std::string(name), "", ""});
}

void Page::describe(std::string_view name, std::string_view type, std::string_view help) {
  entry(name).head = fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

void Page::sample(std::string_view name, std::string_view labels, double value, std::string_view suffix) {
  auto& samples = entry(name).samples;
  samples.append(name).append(suffix);
  if (!labels.empty()) samples.append("{").append(labels).append("}");
  samples += fmt::format(" {:.15g}\n", value);
}

void Page::gauge(std::string_view name, std::string_view help, double value, std::string_view labels) {
  describe(name, "gauge", help);
  sample(name, labels, value);
}

void Page::counter(std::string_view name, std::string_view help, double value, std::string_view labels) {
  describe(name, "counter", help);
  sample(name, labels, value);
}

std::string Page::text() const {
  std::vector<const Entry*> sorted;
  for (const auto& entry : entries_) sorted.push_back(&entry);
  std::ranges::sort(sorted, {}, &Entry::name);
  std::string out;
  for (const auto* entry : sorted) out += entry->head + entry->samples;
  return out;
}

Family::Family(std::string_view name, std::string_view help, std::string labels)
    : name_(name), help_(help), labels_(std::move(labels)), next_(newest().exchange(this)) {}

void Counter::print(Page& page) const { page.counter(name_, help_, static_cast<double>(value()), labels_); }

void Gauge::print(Page& page) const { page.gauge(name_, help_, static_cast<double>(value()), labels_); }

Counters::Counters(std::string_view name, std::string_view help, Label rows, Label columns, std::string labels)
    : Family(name, help, std::move(labels)),
      rows_(std::move(rows)),
      columns_(std::move(columns)),
      values_(std::make_unique<std::atomic<std::uint64_t>[]>(rows_.values.size() * columns_.values.size())) {}

void Counters::print(Page& page) const {
  page.describe(name_, "counter", help_);
  for (std::size_t row = 0; row < rows_.values.size(); ++row)
    for (std::size_t column = 0; column < columns_.values.size(); ++column) {
      auto labels = joined(labels_, label(rows_.key, rows_.values[row]));
      if (!columns_.key.empty()) labels = joined(labels, label(columns_.key, columns_.values[column]));
      page.sample(name_, labels, static_cast<double>(value(row, column)));
    }
}

Histogram::Histogram(std::string_view name, std::string_view help, std::vector<std::uint64_t> bounds, double scale)
    : Family(name, help),
      bounds_(std::move(bounds)),
      scale_(scale),
      counts_(std::make_unique<std::atomic<std::uint64_t>[]>(bounds_.size() + 1)) {}

void Histogram::print(Page& page) const {
  page.describe(name_, "histogram", help_);
  std::uint64_t total = 0;
  for (std::size_t i = 0; i <= bounds_.size(); ++i) {
    total += counts_[i].load(std::memory_order_relaxed);
    const auto bound = i == bounds_.size() ? "+Inf" : fmt::format("{:.9g}", static_cast<double>(bounds_[i]) * scale_);
    page.sample(name_, label("le", bound), static_cast<double>(total), "_bucket");
  }
  page.sample(name_, "", static_cast<double>(sum_.load(std::memory_order_relaxed)) * scale_, "_sum");
  page.sample(name_, "", static_cast<double>(total), "_count");
}

void print_all(Page& page) {
  for (const Family* family = newest(); family != nullptr; family = family->next_) family->print(page);
}

}  // namespace metrics
}  // namespace base
}  // namespace posthorn
