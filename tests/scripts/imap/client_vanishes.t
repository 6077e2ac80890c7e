# Within a command, a literal, an APPEND, IDLE: nothing is left behind
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C-raw: c FETCH 1
C-close:
C2: a LOGIN alice {6+}
C2-raw: sec
C2-close:
S3: * OK ...
C3: a LOGIN alice secret
S3: a OK ...
C3: b APPEND INBOX {100}
S3: + Go ahead
C3-raw: half
C3-close:
S4: * OK ...
C4: a LOGIN alice secret
S4: a OK ...
C4: b IDLE
S4: + idling
C4-close:
S5: * OK ...
C5: a LOGIN alice secret
S5: a OK ...
C5: b STATUS INBOX (MESSAGES)
S5: * STATUS INBOX (MESSAGES 3)
S5: b OK STATUS completed
