# RFC 9051 5.4: half an hour of silence
clock: 2026-01-05T00:00:00Z
transports: memory drip
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
advance: 29m
C: b NOOP
S: b OK NOOP completed
advance: 31m
S: * BYE Silent for too long, logged out
S-end:
