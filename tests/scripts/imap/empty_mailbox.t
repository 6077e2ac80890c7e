S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT Junk
S-until: * 0 EXISTS
S-until: b OK ...
C: c FETCH 1:* FLAGS
S: c OK FETCH completed
C: d UID FETCH 1:* FLAGS
S: d OK FETCH completed
C: e SEARCH ALL
S: * SEARCH
S: e OK SEARCH completed
C: f FETCH 1 FLAGS
S: f BAD [CLIENTBUG] there is no message of that number
C: g EXPUNGE
S: g OK EXPUNGE completed
