# iOS 18 sends DONE and the next commands without waiting for "+"
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C-raw: b SELECT INBOX\r\nc IDLE\r\nDONE\r\nd IDLE\r\nDONE\r\ne UID FETCH 1 UID\r\n
S-until: b OK ...
S: + idling
S: c OK IDLE completed
S: + idling
S: d OK IDLE completed
S: * 1 FETCH (UID 1)
S: e OK FETCH completed
