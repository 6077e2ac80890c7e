# RFC 5034 4: with and without an initial response, cancelled, malformed
# RFC 5034 5, RFC 4422 3.5, 3.8
S: +OK ...
C: AUTH
S: +OK ...
S: PLAIN
S: LOGIN
S: .
C: AUTH PLAIN
S: + 
C: *
S: -ERR Authentication cancelled
C: AUTH PLAIN !!!
S: -ERR The initial response is not base64
C: AUTH PLAIN
S: + 
C: !!!
S: -ERR The response is not base64
C: AUTH FOO
S: -ERR Unknown mechanism
C: AUTH PLAIN =
S: -ERR ...
C: AUTH LOGIN
S: + VXNlcm5hbWU6
C: ${base64 alice}
S: + UGFzc3dvcmQ6
C: ${base64 secret}
S: +OK 3 messages, ...
C: AUTH PLAIN
S: -ERR Already logged in
