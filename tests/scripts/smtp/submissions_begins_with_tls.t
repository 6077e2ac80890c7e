# RFC 8314 3.3
kind: submissions
S: 220 mail.test ESMTP Posthorn
C: EHLO client.test
S-until: 250 AUTH PLAIN LOGIN
C: AUTH PLAIN
S: 334{/ ?/}
C: ${base64 \0alice\0secret}
S: 235 2.7.0 ...
C: MAIL FROM:<a@example.org>
S: 250 ...
C: RCPT TO:<b@example.net>
S: 250 ...
C: DATA
S: 354 ...
C: .
S: 250 2.0.0 client.test ... via ESMTPSA as alice, ...
