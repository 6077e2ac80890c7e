# RFC 3501 2.3.2
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
do: deliver alice INBOX
C: c NOOP
S: * 4 EXISTS
S: * 4 RECENT
S: c OK NOOP completed
S2: * OK ...
C2: a LOGIN alice secret
S2: a OK ...
C2: b SELECT INBOX
S2-until: * 0 RECENT
S2-until: b OK ...
C2: c FETCH 4 FLAGS
S2: * 4 FETCH (FLAGS ())
S2: c OK FETCH completed
C: d SEARCH RECENT
S: * SEARCH 1 2 3 4
S: d OK SEARCH completed
C: e SEARCH NEW
S: * SEARCH 2 3 4
S: e OK SEARCH completed
