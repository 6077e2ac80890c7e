# RFC 9051 6.4.1
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: c STORE 2 +FLAGS.SILENT (\Deleted)
S: c OK STORE completed
C: d CLOSE
S: d OK CLOSE completed
C: e FETCH 1 FLAGS
S: e BAD Select a mailbox before FETCH
C: f SELECT INBOX
S-until: * 2 EXISTS
S-until: f OK ...
