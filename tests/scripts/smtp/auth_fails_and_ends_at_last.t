# RFC 4954 6, RFC 4422 3.6
kind: demo
S: 220 ...
C: EHLO client.test
S-until: 250 ...
C: AUTH PLAIN ${base64 \0busy\0secret}
S: 454 4.7.0 ...
C: AUTH PLAIN ${base64 \0alice\0wrong}
S: 535 5.7.8 User name or password is wrong
C: AUTH PLAIN ${base64 \0alice\0wrong}
S: 421 4.7.0 mail.test Too many failed attempts, closing
S-end:
