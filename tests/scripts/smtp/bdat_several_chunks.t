# RFC 3030 4.1: chunks may be cut anywhere, and the last be empty
S: 220 ...
C: EHLO client.test
S-until: 250 ...
C: MAIL FROM:<a@example.org>
S: 250 2.1.0 ...
C: RCPT TO:<b@example.net>
S: 250 2.1.5 ...
C: BDAT 3
C-raw: a\r\n
S: 250 2.0.0 3 octets received
C: BDAT 2
C-raw: b\r
S: 250 2.0.0 2 octets received
C: BDAT 1
C-raw: \n
S: 250 2.0.0 1 octets received
C: BDAT 0 LAST
S: 250 2.0.0 ... 6 bytes: a\\x0d\\x0ab\\x0d\\x0a
