# RFC 5321 4.1.4
# RFC 5321 2.4, 4.3.1
transports: memory drip tcp
S: 220 ...
C: MAIL FROM:<a@example.org>
S: 503 5.5.1 Say EHLO first
C: STARTTLS
S: 503 5.5.1 Say EHLO first
C: EHLO client.test
S-until: 250 ...
C: RCPT TO:<b@example.net>
S: 503 5.5.1 Say MAIL first
C: DATA
S: 503 5.5.1 Say MAIL first
C: MAIL FROM:<a@example.org>
S: 250 ...
C: MAIL FROM:<a@example.org>
S: 503 5.5.1 A message is already begun
C: DATA
S: 503 5.5.1 Say RCPT first
C: RCPT TO:<b@example.net>
S: 250 ...
C: MAIL FROM:<a@example.org>
S: 503 5.5.1 ...
C: DATA
S: 354 ...
C: .
S: 250 ...
