#include "base/metrics.h"

#include <doctest/doctest.h>

using namespace posthorn;

namespace {

metrics::Counter apples("test_apples_total", "Apples.", metrics::label("kind", "red"));
metrics::Counter other_apples("test_apples_total", "Apples.", metrics::label("kind", "green"));
metrics::Counters by_two("test_pairs_total", "Pairs.", {"row", {"a", "b"}}, {"column", {"x", "y"}});
metrics::Gauge waiting("test_waiting", "Waiting.");
metrics::Histogram durations("test_seconds", "Durations.", {1000, 10'000}, 1e-6);

struct Row {
  std::string_view name;
};
constexpr Row kRows[] = {{"GET"}, {"PUT"}};
metrics::RowCounters<Row> rows("test_rows_total", "Rows.", "", "name", kRows, &Row::name);

std::string lines_of(std::string_view name) {
  metrics::Page page;
  metrics::print_all(page);
  const auto text = page.text();
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = text.find('\n', at);
    const auto line = text.substr(at, end - at);
    if (line.find(name) != std::string::npos) out += line + "\n";
    at = end + 1;
  }
  return out;
}

}  // namespace

TEST_CASE("metrics: families of one name are printed together, each kind in Prometheus's format") {
  apples.add();
  apples.add(2);
  CHECK(lines_of("test_apples_total")
            .starts_with("# HELP test_apples_total Apples.\n# TYPE test_apples_total counter\n"));
  CHECK(lines_of("test_apples_total").find("test_apples_total{kind=\"red\"} 3\n") != std::string::npos);
  CHECK(lines_of("test_apples_total").find("test_apples_total{kind=\"green\"} 0\n") != std::string::npos);
  by_two.add(1, 0, 5);
  CHECK(lines_of("test_pairs_total") ==
        "# HELP test_pairs_total Pairs.\n# TYPE test_pairs_total counter\n"
        "test_pairs_total{row=\"a\",column=\"x\"} 0\ntest_pairs_total{row=\"a\",column=\"y\"} 0\n"
        "test_pairs_total{row=\"b\",column=\"x\"} 5\ntest_pairs_total{row=\"b\",column=\"y\"} 0\n");
  rows.add(&kRows[1]);
  rows.add(nullptr);
  CHECK(lines_of("test_rows_total{") ==
        "test_rows_total{name=\"GET\"} 0\ntest_rows_total{name=\"PUT\"} 1\ntest_rows_total{name=\"unknown\"} 1\n");
  {
    const metrics::Gauge::Held one(waiting), two(waiting);
    CHECK(lines_of("test_waiting ").ends_with("test_waiting 2\n"));
  }
  CHECK(lines_of("test_waiting ").ends_with("test_waiting 0\n"));
}

TEST_CASE("metrics: a histogram's buckets hold what is at most so large") {
  for (const std::uint64_t value : {0, 1000, 1001, 10'000, 10'001, 1'000'000}) durations.observe(value);
  CHECK(lines_of("test_seconds_") ==
        "test_seconds_bucket{le=\"0.001\"} 2\ntest_seconds_bucket{le=\"0.01\"} 4\n"
        "test_seconds_bucket{le=\"+Inf\"} 6\ntest_seconds_sum 1.022002\ntest_seconds_count 6\n");
}

TEST_CASE("metrics: labels are escaped") { CHECK(metrics::label("k", "a\"b\\c\nd") == "k=\"a\\\"b\\\\c\\nd\""); }
