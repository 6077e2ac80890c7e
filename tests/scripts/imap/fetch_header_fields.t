# RFC 9051 6.4.5.1: HEADER.FIELDS and its contrary
literals: on
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b EXAMINE INBOX
S-until: b OK ...
C: c FETCH 1 BODY.PEEK[HEADER.FIELDS (subject X-None)]
S: * 1 FETCH (BODY[HEADER.FIELDS (subject X-None)] {30}\r\nSubject: afternoon meeting\r\n\r\n)
S: c OK FETCH completed
C: d FETCH 1 BODY.PEEK[HEADER.FIELDS.NOT (Date From To Message-ID)]
S: * 1 FETCH (BODY[HEADER.FIELDS.NOT (Date From To Message-ID)] {30}\r\nSubject: afternoon meeting\r\n\r\n)
S: d OK FETCH completed
C: e FETCH 1 BODY.PEEK[HEADER.FIELDS (X-None)]
S: * 1 FETCH (BODY[HEADER.FIELDS (X-None)] {2}\r\n\r\n)
S: e OK FETCH completed
C: f FETCH 1 BODY.PEEK[HEADER.FIELDS (Subject)]<9.9>
S: * 1 FETCH (BODY[HEADER.FIELDS (Subject)]<9> {9}\r\nafternoon)
S: f OK FETCH completed
