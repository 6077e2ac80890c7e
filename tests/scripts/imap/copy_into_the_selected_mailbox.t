# The copy is told as new mail
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: c COPY 1 INBOX
S: * 4 EXISTS
S: * 4 RECENT
S: c OK [COPYUID $v 1 4] COPY completed
