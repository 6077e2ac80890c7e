# RFC 3501 9, seq-range: `*` is the last message, and either end may be the greater; RFC 3501 6.4.8: n:* names at least one
# RFC 9051 4.1.1
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: c UID FETCH 4294967295:* UID
S: * 3 FETCH (UID 3)
S: c OK ...
C: d UID FETCH *:4294967295,1 UID
S: * 1 FETCH (UID 1)
S: * 3 FETCH (UID 3)
S: d OK ...
C: e FETCH 3:1,2,2:2 UID
S: * 1 FETCH (UID 1)
S: * 2 FETCH (UID 2)
S: * 3 FETCH (UID 3)
S: e OK ...
C: f UID FETCH 1:4294967295 UID
S: * 1 FETCH (UID 1)
S: * 2 FETCH (UID 2)
S: * 3 FETCH (UID 3)
S: f OK ...
C: g UID FETCH 4294967296 UID
S: g BAD [CLIENTBUG] the number is too large
C: h UID FETCH 0:* UID
S: h BAD [CLIENTBUG] a number above zero is expected
C: i FETCH 4294967295 UID
S: i BAD [CLIENTBUG] there is no message of that number
C: j SEARCH UID 4294967295:*
S: * SEARCH 3
S: j OK ...
C: k UID EXPUNGE 4294967295
S: k OK ...
C: l UID COPY 4294967294:4294967295 Archive
S: l OK COPY completed
C: m SELECT Archive
S-until: m OK ...
C: n UID FETCH 1:* FLAGS
S: n OK ...
C: o UID SEARCH UID 1:*
S: * SEARCH
S: o OK ...
