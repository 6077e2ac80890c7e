# A move into the mailbox itself ends, and gives each message one new UID
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
C: c MOVE 1:2 INBOX
S: * OK [COPYUID $v 1:2 4:5] Moved
S: * 1 EXPUNGE
S: * 1 EXPUNGE
S: * 3 EXISTS
S: * 3 RECENT
S: c OK MOVE completed
C: d UID MOVE 1:2 INBOX
S: d OK MOVE completed
C: e FETCH 1:* (UID FLAGS)
S: * 1 FETCH (UID 3 FLAGS (\Flagged \Recent))
S: * 2 FETCH (UID 4 FLAGS (\Seen \Recent))
S: * 3 FETCH (UID 5 FLAGS (\Recent))
S: e OK ...
C2: c NOOP
S2: * 1 EXPUNGE
S2: * 1 EXPUNGE
S2: * 3 EXISTS
S2: * 0 RECENT
S2: c OK ...
