# RFC 2033 4.3
S: 220 mail.test LMTP Posthorn
C: LHLO client.test
S-until: 250 ...
C: MAIL FROM:<a@example.org>
S: 250 ...
C: RCPT TO:<b@example.net>
S: 250 ...
C: RCPT TO:<overfull@example.net>
S: 250 ...
C: BDAT 3
C-raw: a\r\n
S: 250 2.0.0 3 octets received
C: BDAT 3 LAST
C-raw: b\r\n
S: 250 2.0.0 ... 6 bytes: a\\x0d\\x0ab\\x0d\\x0a
S: 452 4.2.2 ...
C: NOOP
S: 250 2.0.0 Still here
