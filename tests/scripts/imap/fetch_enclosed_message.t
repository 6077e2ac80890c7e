# RFC 9051 6.4.5.1: HEADER and TEXT of an enclosed message
literals: on
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b EXAMINE INBOX
S-until: b OK ...
C: c FETCH 3 BODY[2.HEADER]
S: * 3 FETCH (BODY[2.HEADER] {43}\r\nFrom: inner@example.org\r\nSubject: inner\r\n\r\n)
S: c OK FETCH completed
C: d FETCH 3 BODY[2.TEXT]
S: * 3 FETCH (BODY[2.TEXT] {10}\r\ninner body)
S: d OK FETCH completed
C: e FETCH 3 BODY[2.HEADER.FIELDS (SUBJECT)]
S: * 3 FETCH (BODY[2.HEADER.FIELDS (SUBJECT)] {18}\r\nSubject: inner\r\n\r\n)
S: e OK FETCH completed
C: f FETCH 3 BODY[2.1]
S: * 3 FETCH (BODY[2.1] {10}\r\ninner body)
S: f OK FETCH completed
C: g FETCH 3 BODY[1.HEADER]
S: * 3 FETCH (BODY[1.HEADER] NIL)
S: g OK FETCH completed
