# RFC 3501 6.4.5: the old names
literals: on
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: c FETCH 1 RFC822.TEXT
S: * 1 FETCH (RFC822.TEXT {58}\r\nHello Alice,\r\ndo you think we can meet at 3:30 tomorrow?\r\n)
S: c OK FETCH completed
C: d FETCH 2 RFC822.HEADER
S: * 2 FETCH (RFC822.HEADER {{/[0-9]+/}}\r\nDate: Fri, 2 Jan 2026 ...
S: d OK FETCH completed
C: e FETCH 2 FLAGS
S: * 2 FETCH (FLAGS (\Recent))
S: e OK FETCH completed
C: f FETCH 2 RFC822
S: * 2 FETCH (FLAGS (\Seen \Recent) RFC822 {{/[0-9]+/}}\r\nDate: ...--b1--\r\n)
S: f OK FETCH completed
