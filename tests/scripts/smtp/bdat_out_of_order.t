transports: memory tcp tls
# RFC 3030 2: 503, never 552, and the octets are read in step
S: 220 ...
C: BDAT 6
C-raw: QUIT\r\n
S: 503 5.5.1 Say MAIL first
C: EHLO client.test
S-until: 250 ...
C: BDAT 200000 LAST
C-raw: ${repeat 200000 x}
S: 503 5.5.1 Say MAIL first
C: MAIL FROM:<a@example.org>
S: 250 ...
C: BDAT 6 LAST
C-raw: QUIT\r\n
S: 503 5.5.1 Say RCPT first
C: RCPT TO:<unknown@example.net>
S: 550 5.1.1 ...
C: BDAT 6 LAST
C-raw: QUIT\r\n
S: 554 5.5.1 No valid recipients
C: RCPT TO:<b@example.net>
S: 250 ...
C: BDAT 0 LAST
S: 250 2.0.0 ... 0 bytes: 
