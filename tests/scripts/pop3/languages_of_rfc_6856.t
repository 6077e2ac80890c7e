# RFC 6856 3.1 to 3.3: the examples, with the one language that is here; what is refused leaves the language as it was
S: +OK ...
C: USER alice
S: +OK ...
C: PASS secret
S: +OK ...
C: LANG MUL
S: -ERR There is no such language here
C: LANG
S: +OK ...
S: en English
S: .
C: LANG en
S: +OK en English
C: LANG uga
S: -ERR There is no such language here
C: LANG *
S: +OK en English
C: DELE 99
S: -ERR There is no such message
