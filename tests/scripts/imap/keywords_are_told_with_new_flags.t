# RFC 9051 7.3.5: FLAGS comes before the first message that bears a new keyword
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
C: c STORE 3 +FLAGS.SILENT ($Junk Work)
S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $$Junk Work)
S: c OK STORE completed
C2: c NOOP
S2: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $$Junk Work)
S2: * 3 FETCH (UID 3 FLAGS (\Flagged $$Junk Work))
S2: c OK NOOP completed
C: d STORE 3 -FLAGS (WORK)
S: * 3 FETCH (UID 3 FLAGS (\Flagged \Recent $$Junk))
S: d OK STORE completed
