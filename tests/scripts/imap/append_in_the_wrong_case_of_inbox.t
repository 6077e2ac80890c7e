# RFC 9051 5.1: INBOX in any case
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b APPEND iNbOx {5+}
C: hello
S: b OK [APPENDUID $v 4] APPEND completed
C: c SELECT "InBox"
S-until: c OK ...
C: d FETCH 4 (UID RFC822.SIZE)
S: * 4 FETCH (UID 4 RFC822.SIZE 5)
S: d OK FETCH completed
