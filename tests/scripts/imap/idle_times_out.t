# RFC 2177: a client has to renew it
# RFC 2177 3
clock: 2026-01-05T00:00:00Z
transports: memory drip
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: c IDLE
S: + idling
advance: 29m
S-silent:
advance: 2m
S: * BYE Silent for too long, logged out
S-end:
