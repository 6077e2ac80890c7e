# RFC 9051 5.2
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
S2: * OK ...
C2: a LOGIN alice secret
S2: a OK ...
C2: b SELECT Trash
S2-until: b OK ...
C2: c IDLE
S2: + idling
C: c MOVE 2 Trash
S: * OK [COPYUID $v 2 1] Moved
S: * 2 EXPUNGE
S: c OK MOVE completed
S2: * 1 EXISTS
S2: * 1 RECENT
C2: DONE
S2: c OK IDLE completed
C2: d FETCH 1 (UID ENVELOPE)
S2: * 1 FETCH (UID 1 ENVELOPE ("Fri, 2 Jan 2026 23:30:00 -0500" "=?utf-8?b?R3LDvMOfZQ==?=" ...))
S2: d OK FETCH completed
