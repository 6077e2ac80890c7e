# RFC 5321 4.1.1.1, RFC 3848
# RFC 3848 1
S: 220 ...
C: HELO client.test
S: 250 mail.test
C: MAIL FROM:<a@example.org>
S: 250 2.1.0 ...
C: RCPT TO:<b@example.net>
S: 250 2.1.5 ...
C: DATA
S: 354 ...
C: hello
C: .
S: 250 2.0.0 client.test from <a@example.org> via SMTP as nobody, resets 0, 7 bytes: hello\\x0d\\x0a
