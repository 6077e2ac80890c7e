# RFC 4315 2.1: only what is named goes
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: c STORE 1:3 +FLAGS.SILENT (\Deleted)
S: c OK STORE completed
C: d UID EXPUNGE 2,7
S: * 2 EXPUNGE
S: d OK EXPUNGE completed
C: e UID SEARCH DELETED
S: * SEARCH 1 3
S: e OK SEARCH completed
C: f UID EXPUNGE
S: f BAD [CLIENTBUG] a space is expected
