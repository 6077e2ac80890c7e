# RFC 3691
# RFC 3691 2, RFC 9051 6.4.2
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: c STORE 2 +FLAGS.SILENT (\Deleted)
S: c OK STORE completed
C: d UNSELECT
S: d OK UNSELECT completed
C: e UNSELECT
S: e BAD Select a mailbox before UNSELECT
C: f STATUS INBOX (MESSAGES)
S: * STATUS INBOX (MESSAGES 3)
S: f OK STATUS completed
