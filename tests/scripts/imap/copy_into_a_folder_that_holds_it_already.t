# A peer looped there in 2026: a second copy is a message of its own, also of what was moved to and fro
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: c COPY 1 Archive
S: c OK [COPYUID $v 1 1] COPY completed
C: d COPY 1 Archive
S: d OK [COPYUID $v 1 2] COPY completed
C: e COPY 1,1,1:2 Archive
S: e OK [COPYUID $v 1:2 3:4] COPY completed
C: f MOVE 1 Archive
S: * OK [COPYUID $v 1 5] Moved
S: * 1 EXPUNGE
S: f OK MOVE completed
C: g SELECT Archive
S-until: g OK ...
C: h UID MOVE 1:5 INBOX
S: * OK [COPYUID $w 1:5 4:8] Moved
S: * 1 EXPUNGE
S: * 1 EXPUNGE
S: * 1 EXPUNGE
S: * 1 EXPUNGE
S: * 1 EXPUNGE
S: h OK MOVE completed
C: i STATUS INBOX (MESSAGES UIDNEXT)
S: * STATUS INBOX (MESSAGES 7 UIDNEXT 9)
S: i OK ...
