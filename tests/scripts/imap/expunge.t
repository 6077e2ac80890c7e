# RFC 9051 6.4.3: numbers count down as messages go
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: c STORE 1,2 +FLAGS.SILENT (\Deleted)
S: c OK STORE completed
C: d EXPUNGE
S: * 1 EXPUNGE
S: * 1 EXPUNGE
S: d OK EXPUNGE completed
C: e FETCH 1:* UID
S: * 1 FETCH (UID 3)
S: e OK FETCH completed
C: f EXPUNGE now
S: f BAD EXPUNGE takes no argument
