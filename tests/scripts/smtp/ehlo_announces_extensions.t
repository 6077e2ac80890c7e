# RFC 5321 4.1.1.1; no AUTH on port 25, no BDAT or SMTPUTF8 yet
transports: memory drip tcp
S: 220 ...
C: EHLO client.test
S: 250-mail.test
S: 250-PIPELINING
S: 250-SIZE 100000
S: 250-8BITMIME
S: 250-ENHANCEDSTATUSCODES
S: 250 STARTTLS
