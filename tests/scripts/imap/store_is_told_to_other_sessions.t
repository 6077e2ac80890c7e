# RFC 9051 7.5.2: what one session stores another hears of, and not the silent one itself
# RFC 9051 5.2
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
S2: * OK ...
C2: a LOGIN alice secret
S2: a OK ...
C2: b SELECT INBOX
S2-until: * 0 RECENT
S2-until: b OK ...
C: c STORE 2 +FLAGS.SILENT (\Answered)
S: c OK STORE completed
C2: c NOOP
S2: * 2 FETCH (UID 2 FLAGS (\Answered))
S2: c OK NOOP completed
C2: d STORE 2 +FLAGS.SILENT (\Flagged)
S2: d OK STORE completed
C: d STORE 2 +FLAGS.SILENT (\Seen)
S: * 2 FETCH (UID 2 FLAGS (\Answered \Flagged \Recent))
S: d OK STORE completed
