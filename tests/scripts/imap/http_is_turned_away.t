# A browser led to this port gets no second line
S: * OK ...
C: POST / HTTP/1.1
S: * BYE This is IMAP, not HTTP
S: POST BAD Not a command
S-end:
