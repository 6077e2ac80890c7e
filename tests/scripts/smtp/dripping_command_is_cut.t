clock: 2026-01-01T00:00:00Z
transports: memory tcp
S: 220 ...
C-raw: N
S-silent:
advance: 101s
C-raw: N
S-silent:
advance: 101s
C-raw: N
S-silent:
advance: 101s
S: 421 4.4.2 ...
S-end:
