# RFC 9051 6.4.7 and RFC 4315 3: flags and date go along, COPYUID tells where
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: c COPY 1,3 Archive
S: c OK [COPYUID $v 1,3 1:2] COPY completed
C: d UID COPY 2 Archive
S: d OK [COPYUID $v 2 3] COPY completed
C: e UID COPY 99 Archive
S: e OK COPY completed
C: f COPY 1 Nowhere
S: f NO [TRYCREATE] There is no such mailbox
C: g COPY 7 Archive
S: g BAD [CLIENTBUG] there is no message of that number
C: h EXAMINE Archive
S-until: h OK ...
C: i FETCH 1:* (FLAGS INTERNALDATE RFC822.SIZE)
S: * 1 FETCH (FLAGS (\Seen \Recent) INTERNALDATE " 1-Jan-2026 12:00:00 +0000" RFC822.SIZE 216)
S: * 2 FETCH (FLAGS (\Flagged \Recent) INTERNALDATE " 3-Jan-2026 12:00:00 +0000" RFC822.SIZE $s)
S: * 3 FETCH (FLAGS (\Recent) INTERNALDATE " 2-Jan-2026 12:00:00 +0000" RFC822.SIZE $t)
S: i OK FETCH completed
