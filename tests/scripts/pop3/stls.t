# RFC 2595 4
transports: memory drip tcp
C-connect: private
S: +OK ...
C: STLS
S: +OK Begin TLS now
C-tls:
C: STLS
S: -ERR TLS is there already
C: CAPA
S-until: SASL ...
S-until: .
C: USER alice
S: +OK ...
C: PASS secret
S: +OK 3 messages, ...
C: STLS
S: -ERR Already logged in
