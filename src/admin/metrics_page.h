// The page of /metrics: what was counted (base/metrics.h), and the figures of now, in Prometheus's text format.
#pragma once

#include <optional>
#include <string>

#include "admin/figures.h"

namespace posthorn::admin {

inline constexpr auto kMetricsType = "text/plain; version=0.0.4; charset=utf-8";

/// Without figures, where they cannot be had, the rest is there.
std::string metrics_page(const std::optional<Figures>& figures);

}  // namespace posthorn::admin
