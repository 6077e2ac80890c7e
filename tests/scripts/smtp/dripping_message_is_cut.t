clock: 2026-01-01T00:00:00Z
transports: memory tcp
# a byte a minute keeps no connection
S: 220 ...
C: EHLO client.test
S-until: 250 ...
C: MAIL FROM:<a@example.org>
S: 250 2.1.0 ...
C: RCPT TO:<b@example.net>
S: 250 2.1.5 ...
C: DATA
S: 354 ...
C-raw: x
S-silent:
advance: 100s
C-raw: x
S-silent:
advance: 100s
C-raw: x
S-silent:
advance: 100s
S: 421 4.4.2 ...
S-end:
