# RFC 3207: what was said before is forgotten, and STARTTLS no more offered
# RFC 3207 4, 4.1
transports: memory drip tcp
S: 220 ...
C: EHLO before.test
S-until: 250 STARTTLS
C: STARTTLS now
S: 501 5.5.4 ...
C: STARTTLS
S: 220 2.0.0 ...
C-tls:
C: MAIL FROM:<a@example.org>
S: 503 5.5.1 Say EHLO first
C: EHLO after.test
S-until: 250 LIMITS RCPTMAX=5
C: STARTTLS
S: 503 5.5.1 TLS is already in use
C: MAIL FROM:<a@example.org>
S: 250 ...
C: RCPT TO:<b@example.net>
S: 250 ...
C: DATA
S: 354 ...
C: .
S: 250 2.0.0 after.test ... via ESMTPS ...
