# RFC 9051 7.5.1: numbers hold while FETCH, STORE and SEARCH run; expunged messages stay readable meanwhile
literals: on
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
S2: * OK ...
C2: a LOGIN alice secret
S2: a OK ...
C2: b SELECT INBOX
S2-until: b OK ...
C2: c STORE 1 +FLAGS.SILENT (\Deleted)
S2: c OK STORE completed
C2: d EXPUNGE
S2: * 1 EXPUNGE
S2: d OK EXPUNGE completed
C: c FETCH 1:3 (UID RFC822.SIZE BODY.PEEK[TEXT]<0.5>)
S: * 1 FETCH (UID 1 RFC822.SIZE 216 BODY[TEXT]<0> {5}\r\nHello)
S: * 2 FETCH (UID 2 RFC822.SIZE $a BODY[TEXT]<0> {5}\r\npream)
S: * 3 FETCH (UID 3 RFC822.SIZE $b BODY[TEXT]<0> {5}\r\n--b2\r)
S: c OK FETCH completed
C: d SEARCH ALL
S: * SEARCH 1 2 3
S: d OK SEARCH completed
C: e STORE 1:2 +FLAGS.SILENT (\Answered)
S: e NO [EXPUNGEISSUED] Some of the messages were expunged meanwhile
C: f NOOP
S: * 1 EXPUNGE
S: f OK NOOP completed
C: g FETCH 1 (UID FLAGS)
S: * 1 FETCH (UID 2 FLAGS (\Answered \Recent))
S: g OK FETCH completed
