C: GET / HTTP/1.1
S: +OK ...
S: -ERR This is POP3, not HTTP
S-end:
