transports: memory tcp tls
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT ${repeat 9000 x}
S: * BYE Where the next command begins is not known
S: b BAD [TOOBIG] The command line is too long
S-end:
