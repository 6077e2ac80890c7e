"""All workloads, in the order in which a round does them."""
from workloads import append, changes, connections, fetch, pop3, search, smtp, starting, tls

ALL = [workload for file in (smtp, append, fetch, search, changes, pop3, connections, tls, starting)
       for workload in file.WORKLOADS]
