# RFC 2033 4.2: 503
S: 220 mail.test LMTP Posthorn
C: LHLO client.test
S-until: 250 ...
C: MAIL FROM:<a@example.org>
S: 250 ...
C: RCPT TO:<unknown@example.net>
S: 550 ...
C: DATA
S: 503 5.5.1 No valid recipients
C: BDAT 3 LAST
C-raw: x\r\n
S: 503 5.5.1 No valid recipients
