# Whatever the client says meanwhile
clock: 2026-01-10T00:00:00Z
transports: memory drip
S: +OK ...
advance: 2m
C: CAPA
S-until: .
advance: 61s
S: -ERR [SYS/TEMP] ...
S-end:
