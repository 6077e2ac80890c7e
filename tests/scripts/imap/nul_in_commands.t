# RFC 3501 9, CHAR: NUL is no character of a command, nor of a literal; what follows is understood again
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b NOOP\0
S: b BAD ...
C: c SELECT "IN\0BOX"
S: c BAD [CLIENTBUG] a quoted string may not hold CR, LF or NUL
C: d SELECT {6+}
C: IN\0BOX
S: d BAD [CLIENTBUG] a literal may not hold NUL
C: \0
S: * BAD A command begins with a tag
C: e NOOP
S: e OK ...
