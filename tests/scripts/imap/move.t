# RFC 6851: COPYUID untagged, then the EXPUNGEs
# RFC 6851 3.1, 3.2, 4.3, RFC 9051 6.4.8
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: c MOVE 1:2 Trash
S: * OK [COPYUID $v 1:2 1:2] Moved
S: * 1 EXPUNGE
S: * 1 EXPUNGE
S: c OK MOVE completed
C: d UID MOVE 3 Nowhere
S: d NO [TRYCREATE] There is no such mailbox
C: e UID MOVE 3 Trash
S: * OK [COPYUID $v 3 3] Moved
S: * 1 EXPUNGE
S: e OK MOVE completed
C: f UID MOVE 3 Trash
S: f OK MOVE completed
C: g STATUS Trash (MESSAGES)
S: * STATUS Trash (MESSAGES 3)
S: g OK STATUS completed
