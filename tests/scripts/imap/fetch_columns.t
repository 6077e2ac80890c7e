# RFC 3501 6.4.5: FLAGS, UID, RFC822.SIZE, INTERNALDATE
# RFC 9051 2.3.2, 2.3.3, 2.3.4, RFC 3501 7.4.2
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b EXAMINE INBOX
S-until: b OK ...
C: c FETCH 1:* (UID FLAGS RFC822.SIZE INTERNALDATE)
S: * 1 FETCH (UID 1 FLAGS (\Seen \Recent) RFC822.SIZE 216 INTERNALDATE " 1-Jan-2026 12:00:00 +0000")
S: * 2 FETCH (UID 2 FLAGS (\Recent) RFC822.SIZE $a INTERNALDATE " 2-Jan-2026 12:00:00 +0000")
S: * 3 FETCH (UID 3 FLAGS (\Flagged \Recent) RFC822.SIZE $b INTERNALDATE " 3-Jan-2026 12:00:00 +0000")
S: c OK FETCH completed
C: d FETCH 2 FAST
S: * 2 FETCH (FLAGS (\Recent) INTERNALDATE " 2-Jan-2026 12:00:00 +0000" RFC822.SIZE $a)
S: d OK FETCH completed
C: e UID FETCH 2:100,1 FLAGS
S: * 1 FETCH (UID 1 FLAGS (\Seen \Recent))
S: * 2 FETCH (UID 2 FLAGS (\Recent))
S: * 3 FETCH (UID 3 FLAGS (\Flagged \Recent))
S: e OK FETCH completed
C: f UID FETCH 100 FLAGS
S: f OK FETCH completed
C: g UID FETCH 100:* FLAGS
S: * 3 FETCH (UID 3 FLAGS (\Flagged \Recent))
S: g OK FETCH completed
C: h FETCH 4 FLAGS
S: h BAD [CLIENTBUG] there is no message of that number
C: i FETCH 1 (FOO)
S: i BAD [CLIENTBUG] unknown fetch item "FOO"
C: j FETCH 1:* (UID
S: j BAD [CLIENTBUG] ...
