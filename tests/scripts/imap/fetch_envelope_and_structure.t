# RFC 9051 7.5.2: ENVELOPE, BODYSTRUCTURE, BODY and the macros
# RFC 9051 2.3.5, 2.3.6
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b EXAMINE INBOX
S-until: b OK ...
C: c FETCH 1 ENVELOPE
S: * 1 FETCH (ENVELOPE ("Thu, 1 Jan 2026 10:00:00 +0000" "afternoon meeting" (("Fred Foobar" NIL "fred" "example.org")) (("Fred Foobar" NIL "fred" "example.org")) (("Fred Foobar" NIL "fred" "example.org")) ((NIL NIL "alice" "example.net")) NIL NIL NIL "<1@example.org>"))
S: c OK FETCH completed
C: d FETCH 1 BODY
S: * 1 FETCH (BODY ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 58 2))
S: d OK FETCH completed
C: e FETCH 2:3 BODYSTRUCTURE
S: * 2 FETCH (BODYSTRUCTURE (("text" "plain" ...)("application" "octet-stream" ...) "mixed" ...))
S: * 3 FETCH (BODYSTRUCTURE (("text" "html" ...)("message" "rfc822" ...) "mixed" ...))
S: e OK FETCH completed
C: f UID FETCH 1 FULL
S: * 1 FETCH (UID 1 FLAGS (\Seen \Recent) INTERNALDATE " 1-Jan-2026 12:00:00 +0000" RFC822.SIZE 216 ENVELOPE (...) BODY (...))
S: f OK FETCH completed
