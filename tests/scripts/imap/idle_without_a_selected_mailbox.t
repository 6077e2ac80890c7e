# RFC 2177: allowed, though there is nothing to tell
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b IDLE
S: + idling
do: deliver alice INBOX
S-silent:
C: DONE
S: b OK IDLE completed
