# RFC 5321 6.2, RFC 3463 3.8
S: 220 ...
C: EHLO client.test
S-until: 250 ...
C: MAIL FROM:<denied@example.org>
S: 550 5.7.1 You may not
C: MAIL FROM:<busy@example.org>
S: 451 4.3.0 Try again later
C: MAIL FROM:<invalid@example.org>
S: 553 5.1.7 That will not do
C: MAIL FROM:<a@example.org>
S: 250 ...
C: RCPT TO:<denied@example.net>
S: 550 5.7.1 You may not
C: RCPT TO:<busy@example.net>
S: 451 4.3.0 Try again later
C: RCPT TO:<late@example.net>
S: 250 ...
C: DATA
S: 354 ...
C: spam
C: .
S: 550 5.7.1 The content is not wanted
C: RCPT TO:<b@example.net>
S: 503 5.5.1 Say MAIL first
