# RFC 2595 4, RFC 8314: what was sent behind STLS came in the clear, and perhaps from another
transports: memory tcp
C-connect: private
S: +OK ...
C-raw: STLS\r\nUSER alice\r\nPASS secret\r\n
S: +OK Begin TLS now
C-tls:
C: STAT
S: -ERR Log in first
