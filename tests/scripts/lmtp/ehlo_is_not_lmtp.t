# RFC 2033 4.1
# RFC 2033 5
S: 220 ...
C: EHLO client.test
S: 500 5.5.1 This is LMTP, say LHLO
C: HELO client.test
S: 500 5.5.1 This is LMTP, say LHLO
C: MAIL FROM:<a@example.org>
S: 503 5.5.1 Say LHLO first
C: LHLO client.test
S-until: 250 ...
C: AUTH PLAIN
S: 502 5.5.1 ...
C: HELP
S: 214-2.0.0 Posthorn speaks:
S-until: 214-2.0.0 LHLO name  (RFC 2033 4.1)
S-until: 214 ...
