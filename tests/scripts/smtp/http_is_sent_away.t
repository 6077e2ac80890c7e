# Cross-protocol scripting: the request's body must not be taken for commands
S: 220 ...
C-raw: POST / HTTP/1.1\r\nHost: mail.test\r\n\r\nEHLO evil\r\nMAIL FROM:<a@example.org>\r\n
S: 421 4.7.0 mail.test This is SMTP, not HTTP
S-end:
