# RFC 5321 4.5.3.2.7
# RFC 5321 4.5.3.2
clock: 2026-01-01T00:00:00Z
transports: memory drip tcp
S: 220 ...
C: EHLO client.test
S-until: 250 ...
advance: 299s
C: NOOP
S: 250 ...
advance: 299s
S-silent:
advance: 2s
S: 421 4.4.2 mail.test Timed out, closing
S-end:
