# RFC 9051 8: the sample connection, with the messages that are here
literals: on
S: * OK [CAPABILITY ...] ...
C: a001 login alice "secret"
S: a001 OK [CAPABILITY ...] LOGIN completed
C: a002 select inbox
S-until: a002 OK [READ-WRITE] SELECT completed
C: a003 fetch 1 full
S: * 1 FETCH (FLAGS (\Seen \Recent) INTERNALDATE " 1-Jan-2026 12:00:00 +0000" RFC822.SIZE {/[0-9]+/} ENVELOPE ("Thu, 1 Jan 2026 10:00:00 +0000" "afternoon meeting" (("Fred Foobar" NIL "fred" "example.org")) (("Fred Foobar" NIL "fred" "example.org")) (("Fred Foobar" NIL "fred" "example.org")) ((NIL NIL "alice" "example.net")) NIL NIL NIL "<1@example.org>") BODY ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" {/[0-9]+/} 2))
S: a003 OK FETCH completed
C: a004 fetch 1 body[header]
S: * 1 FETCH (BODY[HEADER] {158}\r\nDate: Thu, 1 Jan 2026 10:00:00 +0000\r\n...\r\n\r\n)
S: a004 OK FETCH completed
C: a005 store 1 +flags \deleted
S: * 1 FETCH (UID 1 FLAGS (\Deleted \Seen \Recent))
S: a005 OK STORE completed
C: a006 logout
S: * BYE ...
S: a006 OK LOGOUT completed
S-end:
