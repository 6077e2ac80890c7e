# No password in the clear
# RFC 2595 2.2, 2.3, RFC 2449 6.2
transports: memory drip tcp
C-connect: private
S: +OK ...
C: CAPA
S-until: LANG
S: STLS
S: IMPLEMENTATION Posthorn
S: .
C: USER alice
S: -ERR [AUTH] A password may not pass without TLS: say STLS first
C: PASS secret
S: -ERR [AUTH] ...
C: AUTH PLAIN AGFsaWNlAHNlY3JldA==
S: -ERR [AUTH] ...
C: AUTH
S: -ERR [AUTH] ...
