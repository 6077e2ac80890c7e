# RFC 5321 3.1, 4.1.1.10
S: 220 mail.test ESMTP Posthorn
C: QUIT
S: 221 2.0.0 mail.test Goodbye
S-end:
