# RFC 9051 5.4
clock: 2026-01-05T00:00:00Z
transports: memory drip
S: * OK ...
advance: 181s
S: * BYE Silent for too long, logged out
S-end:
