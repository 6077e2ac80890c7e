// Metrics: numbers that are counted where things happen and printed when someone asks, in the text format of Prometheus
// (version 0.0.4).
//
// A family is a static object beside the code that counts, so that it lives as long as the program. It finds its way
// to print_all() by itself; families of one name, which differ in their fixed labels, are printed together.
//
// Threads: any. Counting is one relaxed atomic addition, or two: no lock, no allocation.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace posthorn {
inline namespace base {
namespace metrics {

/// `key="value"` with what the format wants escaped.
std::string label(std::string_view key, std::string_view value);

/// Prints families, each name's samples together behind its HELP and TYPE.
class Page {
 public:
  /// To be called before the samples of a name, as often as is liked.
  void describe(std::string_view name, std::string_view type, std::string_view help);
  /// `labels` is empty or label(), several between commas. `suffix` stands behind the name: "_bucket".
  void sample(std::string_view name, std::string_view labels, double value, std::string_view suffix = "");
  /// Both at once, of a name with one sample.
  void gauge(std::string_view name, std::string_view help, double value, std::string_view labels = "");
  void counter(std::string_view name, std::string_view help, double value, std::string_view labels = "");
  /// All of it.
  std::string text() const;

 private:
  struct Entry {
    std::string name, head, samples;
  };
  Entry& entry(std::string_view name);

  std::vector<Entry> entries_;
};

class Family {
 public:
  Family(const Family&) = delete;
  Family& operator=(const Family&) = delete;
  virtual void print(Page& page) const = 0;

 protected:
  Family(std::string_view name, std::string_view help, std::string labels = "");
  ~Family() = default;

  const std::string_view name_, help_;  ///< literals
  const std::string labels_;

 private:
  friend void print_all(Page& page);
  Family* const next_;
};

/// What has happened so often.
class Counter final : public Family {
 public:
  Counter(std::string_view name, std::string_view help, std::string labels = "")
      : Family(name, help, std::move(labels)) {}
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }
  void print(Page& page) const override;

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// What there is now.
class Gauge final : public Family {
 public:
  Gauge(std::string_view name, std::string_view help, std::string labels = "")
      : Family(name, help, std::move(labels)) {}
  /// One more for as long as it lives.
  class Held {
   public:
    explicit Held(Gauge& gauge) : gauge_(gauge) { gauge_.value_.fetch_add(1, std::memory_order_relaxed); }
    ~Held() { gauge_.value_.fetch_sub(1, std::memory_order_relaxed); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

   private:
    Gauge& gauge_;
  };
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }
  void print(Page& page) const override;

 private:
  std::atomic<std::int64_t> value_{0};
};

/// A label and all the values that it has; they are literals.
struct Label {
  std::string_view key;
  std::vector<std::string_view> values;
};

/// A counter for each value of a label, or for each pair of values of two.
class Counters final : public Family {
 public:
  Counters(std::string_view name, std::string_view help, Label rows, Label columns = {"", {""}},
           std::string labels = "");
  /// Indexes into the labels' values.
  void add(std::size_t row, std::size_t column = 0, std::uint64_t n = 1) {
    values_[row * columns_.values.size() + column].fetch_add(n, std::memory_order_relaxed);
  }
  std::uint64_t value(std::size_t row, std::size_t column = 0) const {
    return values_[row * columns_.values.size() + column].load(std::memory_order_relaxed);
  }
  void print(Page& page) const override;

 private:
  const Label rows_, columns_;
  const std::unique_ptr<std::atomic<std::uint64_t>[]> values_;
};

/// A counter for each row of a table, named by one of its members, and one for what is none of them ("unknown").
template <class Row>
class RowCounters {
 public:
  /// `table` is constant.
  RowCounters(std::string_view name, std::string_view help, std::string labels, std::string_view key,
              std::span<const Row> table, std::string_view Row::* member)
      : table_(table), counters_(name, help, names(key, table, member), {"", {""}}, std::move(labels)) {}
  /// Null: none of them.
  void add(const Row* row) {
    counters_.add(row == nullptr ? table_.size() : static_cast<std::size_t>(row - table_.data()));
  }

 private:
  static Label names(std::string_view key, std::span<const Row> table, std::string_view Row::* member) {
    Label label{key, {}};
    for (const Row& row : table) label.values.push_back(row.*member);
    label.values.push_back("unknown");
    return label;
  }

  const std::span<const Row> table_;
  Counters counters_;
};

/// How often a value was at most so large.
class Histogram final : public Family {
 public:
  /// `bounds` rise. What is printed is what was observed times `scale`: 1e-6 for microseconds.
  Histogram(std::string_view name, std::string_view help, std::vector<std::uint64_t> bounds, double scale = 1);
  void observe(std::uint64_t value) {
    std::size_t i = 0;
    while (i < bounds_.size() && value > bounds_[i]) ++i;
    counts_[i].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
  }
  void print(Page& page) const override;

 private:
  const std::vector<std::uint64_t> bounds_;
  const double scale_;
  const std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;
  std::atomic<std::uint64_t> sum_{0};
};

/// Every family of the program.
void print_all(Page& page);

}  // namespace metrics
}  // namespace base
}  // namespace posthorn
