# RFC 9051 6.3.3: EXAMINE changes nothing, not even \Seen and \Recent
literals: on
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b EXAMINE INBOX
S-until: b OK ...
C: c FETCH 2 BODY[TEXT]<0.8>
S: * 2 FETCH (BODY[TEXT]<0> {8}\r\npreamble)
S: c OK FETCH completed
C: d FETCH 2 FLAGS
S: * 2 FETCH (FLAGS (\Recent))
S: d OK FETCH completed
C: e STORE 2 +FLAGS (\Seen)
S: e NO The mailbox was opened read-only
C: f EXPUNGE
S: f NO The mailbox was opened read-only
C: g MOVE 1 Trash
S: g NO The mailbox was opened read-only
C: h CLOSE
S: h OK CLOSE completed
C: i SELECT INBOX
S-until: * 3 RECENT
S-until: i OK ...
