# RFC 9051 6.4.6: three ways, with and without silence
# RFC 9051 2.3.2, RFC 3501 6.4.6
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: c STORE 1 +FLAGS (\Deleted $Forwarded)
S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $Forwarded)
S: * 1 FETCH (UID 1 FLAGS (\Deleted \Seen \Recent $Forwarded))
S: c OK STORE completed
C: d STORE 1 -FLAGS \Deleted
S: * 1 FETCH (UID 1 FLAGS (\Seen \Recent $Forwarded))
S: d OK STORE completed
C: e STORE 1 FLAGS (\Answered)
S: * 1 FETCH (UID 1 FLAGS (\Answered \Recent))
S: e OK STORE completed
C: f STORE 1:3 FLAGS.SILENT (\Draft)
S: f OK STORE completed
C: g STORE 1 +FLAGS (\Draft)
S: * 1 FETCH (UID 1 FLAGS (\Draft \Recent))
S: g OK STORE completed
C: h UID STORE 3,9 +FLAGS (\Seen)
S: * 3 FETCH (UID 3 FLAGS (\Seen \Draft \Recent))
S: h OK STORE completed
C: i STORE 1 FLAGS (\Recent)
S: i BAD [CLIENTBUG] \Recent cannot be set
C: j STORE 1 FLAGS (\Foo)
S: j BAD [CLIENTBUG] unknown system flag \Foo
C: k STORE 9 FLAGS (\Seen)
S: k BAD [CLIENTBUG] there is no message of that number
C: l STORE 1:3 FLAGS ()
S: * 1 FETCH (UID 1 FLAGS (\Recent))
S: * 2 FETCH (UID 2 FLAGS (\Recent))
S: * 3 FETCH (UID 3 FLAGS (\Recent))
S: l OK STORE completed
