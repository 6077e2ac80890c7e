"""All workloads, in the order in which a round does them."""
from workloads import fetch, smtp

ALL = [workload for file in (smtp, fetch) for workload in file.WORKLOADS]
