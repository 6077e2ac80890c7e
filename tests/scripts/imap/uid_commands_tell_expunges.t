# RFC 9051 7.5.1: commands by UID may be answered by EXPUNGE
# RFC 9051 6.4.9
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
S2: * OK ...
C2: a LOGIN alice secret
S2: a OK ...
C2: b SELECT INBOX
S2-until: b OK ...
C2: c STORE 1 +FLAGS.SILENT (\Deleted)
S2: c OK STORE completed
C2: d EXPUNGE
S2: * 1 EXPUNGE
S2: d OK EXPUNGE completed
C: c UID FETCH 2 FLAGS
S: * 1 EXPUNGE
S: * 1 FETCH (UID 2 FLAGS (\Recent))
S: c OK FETCH completed
