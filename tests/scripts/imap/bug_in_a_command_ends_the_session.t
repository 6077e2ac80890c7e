transports: memory drip tcp
S: * OK ...
C: a LOGIN bug secret
S: * BYE Internal error
S: a NO [SERVERBUG] Internal error
S-end:
