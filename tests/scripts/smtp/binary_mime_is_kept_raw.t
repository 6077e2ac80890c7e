# RFC 3030 3
# RFC 2045 6.2
S: 220 ...
C: EHLO client.test
S-until: 250 ...
C: MAIL FROM:<a@example.org> BODY=BINARYMIME
S: 250 ...
C: RCPT TO:<b@example.net>
S: 250 ...
C: DATA
S: 503 5.5.1 BINARYMIME is sent by BDAT
C: BDAT 9
C-raw: \n.\r\0\n\n\xff..
S: 250 2.0.0 9 octets received
C: BDAT 0 LAST
S: 250 2.0.0 ... 9 bytes: \\x0a.\\x0d\\x00\\x0a\\x0a\\xff..
