# RFC 3501 6.4.5: reading a body sets \Seen, and the flags are told with it: curl takes the first FETCH for the data
literals: on
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: c FETCH 2 BODY.PEEK[TEXT]<0.8>
S: * 2 FETCH (BODY[TEXT]<0> {8}\r\npreamble)
S: c OK FETCH completed
C: d FETCH 2 BODY[TEXT]<0.8>
S: * 2 FETCH (FLAGS (\Seen \Recent) BODY[TEXT]<0> {8}\r\npreamble)
S: d OK FETCH completed
C: e FETCH 3 (FLAGS BODY[TEXT]<0.4>)
S: * 3 FETCH (FLAGS (\Flagged \Seen \Recent) BODY[TEXT]<0> {4}\r\n--b2)
S: e OK FETCH completed
C: f NOOP
S: f OK NOOP completed
