# RFC 2177 3
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b IDLE
S: + idling
do: deliver alice INBOX
S-silent:
C: NOOP
S: b BAD DONE was expected
C: c IDLE now
S: c BAD IDLE takes no argument
