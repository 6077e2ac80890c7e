# RFC 1939 5: RSET unmarks; numbers and sizes are as at login
S: +OK ...
C: USER alice
S: +OK ...
C: PASS secret
S: +OK 3 messages, $octets octets
C: DELE 1
S: +OK ...
C: DELE 3
S: +OK ...
C: STAT
S: +OK 1 $two
C: TOP 1 0
S: -ERR There is no such message
C: UIDL 3
S: -ERR There is no such message
C: RSET
S: +OK ...
C: STAT
S: +OK 3 $octets
C: LIST 2
S: +OK 2 $two
C: RETR 3
S: +OK ...
S-until: .
C: QUIT
S: +OK ...
S-end:
