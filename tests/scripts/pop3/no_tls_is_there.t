transports: memory drip tcp
C-connect: plain
S: +OK ...
C: STLS
S: -ERR There is no TLS here
