# RFC 3207 4.2: commands sent in the clear behind STARTTLS never run
transports: memory tcp
S: 220 ...
C: EHLO client.test
S-until: 250 ...
C-raw: STARTTLS\r\nEHLO evil.test\r\nMAIL FROM:<evil@example.org>\r\n
S: 220 2.0.0 ...
C-tls:
S-silent:
C: RCPT TO:<b@example.net>
S: 503 5.5.1 Say EHLO first
