# Every wrong line has an answer, and ten of them end the session
# RFC 2449 3, 4
S: +OK ...
C: FOO
S: -ERR Unknown command
C: X
S: -ERR not a command of POP3
C: 
S: -ERR not a command of POP3
C: STAT
S: -ERR Log in first
C: CAPA x
S: -ERR CAPA takes no argument
C: USER
S: -ERR USER takes an argument
C: US\0ER alice
S: -ERR ...
C: USER a\0b
S: -ERR control characters are not allowed in commands
C: APOP alice c4c9334bac560ecc979e58001b3e22fb
S: -ERR Unknown command
C: USER ${repeat 300 x}
S: -ERR The line is too long
S-end:
