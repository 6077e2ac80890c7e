S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: c IDLE
S: + idling
do: stop
S: * BYE The server is shutting down
S-end:
