# RFC 2449 6.7: so many days after RETR
# RFC 1939 8
clock: 2026-01-10T00:00:00Z
C-connect: week
S: +OK ...
C: USER alice
S: +OK ...
C: PASS secret
S: +OK 3 messages, ...
C: CAPA
S-until: EXPIRE 7
S-until: .
C: RETR 2
S-until: .
C: TOP 1 10
S-until: .
C: QUIT
S: +OK Bye, 0 messages deleted
S-end:
advance: 6d
C2-connect: week
S2: +OK ...
C2: USER alice
S2: +OK ...
C2: PASS secret
S2: +OK 3 messages, ...
C2: RETR 3
S2-until: .
C2-close:
advance: 25h
C3-connect: week
S3: +OK ...
C3: USER alice
S3: +OK ...
C3: PASS secret
S3: +OK 2 messages, ...
C3: UIDL
S3: +OK ...
S3: 1 $v.1
S3: 2 $v.3
S3: .
