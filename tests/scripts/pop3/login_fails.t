# RFC 2449 8.1, RFC 3206 4: AUTH for wrong credentials, SYS/TEMP for what may be right later; then the end
# RFC 3206 5
S: +OK ...
C: PASS secret
S: -ERR Say USER first
C: USER alice
S: +OK ...
C: PASS wrong
S: -ERR [AUTH] User name or password is wrong
C: PASS secret
S: -ERR Say USER first
C: USER busy
S: +OK ...
C: PASS secret
S: -ERR [SYS/TEMP] Try again later
C: USER nobody
S: +OK ...
C: PASS secret
S: -ERR [AUTH] User name or password is wrong
S-end:
