# RFC 1939 10, with what is here
# RFC 1939 9, 11
S: +OK mail.test Posthorn POP3
C: USER alice
S: +OK ...
C: PASS secret
S: +OK 3 messages, $octets octets
C: STAT
S: +OK 3 $octets
C: LIST
S: +OK ...
S: 1 $one
S: 2 $two
S: 3 $three
S: .
C: LIST 2
S: +OK 2 $two
C: LIST 4
S: -ERR There is no such message
C: RETR 1
S: +OK $one octets
S: Date: Thu, 1 Jan 2026 10:00:00 +0000
S-until: .
C: DELE 1
S: +OK Marked for deletion
C: DELE 1
S: -ERR There is no such message
C: STAT
S: +OK 2 {/[0-9]+/}
C: LIST
S: +OK ...
S: 2 $two
S: 3 $three
S: .
C: RETR 1
S: -ERR There is no such message
C: NOOP
S: +OK
C: QUIT
S: +OK Bye, 1 messages deleted
S-end:
C2: USER alice
S2: +OK ...
S2: +OK ...
C2: PASS secret
S2: +OK 2 messages, ...
