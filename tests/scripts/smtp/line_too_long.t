# RFC 5321 4.5.3.1.4, in constant memory
# RFC 5321 4.5.3.1.9
transports: memory tcp tls
S: 220 ...
C: NOOP ${repeat 4091 x}
S: 250 ...
C: NOOP ${repeat 4092 x}
S: 500 5.5.2 Line too long
C: ${repeat 1000000 x}
S: 500 5.5.2 Line too long
C: NOOP
S: 250 ...
