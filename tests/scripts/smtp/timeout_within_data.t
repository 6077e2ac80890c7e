# RFC 5321 4.5.3.2.5
clock: 2026-01-01T00:00:00Z
transports: memory drip tcp
S: 220 ...
C: EHLO client.test
S-until: 250 ...
C: MAIL FROM:<a@example.org>
S: 250 ...
C: RCPT TO:<b@example.net>
S: 250 ...
C: DATA
S: 354 ...
C: half a message
S-silent:
advance: 301s
S: 421 4.4.2 mail.test Timed out, closing
S-end:
