# A failed commit changes nothing and says so
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
do: fail
C: c STORE 1 +FLAGS (\Deleted)
S: c NO [SERVERBUG] ...
C: d FETCH 1 FLAGS
S: * 1 FETCH (FLAGS (\Seen \Recent))
S: d OK FETCH completed
C: e STORE 1 +FLAGS.SILENT (\Deleted)
S: e OK STORE completed
