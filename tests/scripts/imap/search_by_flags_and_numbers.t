# RFC 3501 6.4.4: what the columns know
# RFC 9051 6.4.4
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: b2 STORE 2 +FLAGS.SILENT ($Work)
S: * FLAGS (...)
S: b2 OK ...
C: c SEARCH ALL
S: * SEARCH 1 2 3
S: c OK SEARCH completed
C: d SEARCH SEEN
S: * SEARCH 1
S: d OK ...
C: e SEARCH UNSEEN UNFLAGGED
S: * SEARCH 2
S: e OK ...
C: f SEARCH OR SEEN FLAGGED
S: * SEARCH 1 3
S: f OK ...
C: g SEARCH NOT (OR SEEN FLAGGED)
S: * SEARCH 2
S: g OK ...
C: h SEARCH KEYWORD $$work
S: * SEARCH 2
S: h OK ...
C: i SEARCH UNKEYWORD $$Other
S: * SEARCH 1 2 3
S: i OK ...
C: j SEARCH 2:* UID 1:2
S: * SEARCH 2
S: j OK ...
C: k UID SEARCH 1,3
S: * SEARCH 1 3
S: k OK ...
C: l SEARCH SMALLER 217
S: * SEARCH 1
S: l OK ...
C: m SEARCH LARGER 216
S: * SEARCH 2 3
S: m OK ...
C: n SEARCH ON 2-Jan-2026
S: * SEARCH 2
S: n OK ...
C: o SEARCH SINCE 2-Jan-2026 BEFORE 3-Jan-2026
S: * SEARCH 2
S: o OK ...
C: p SEARCH ANSWERED
S: * SEARCH
S: p OK SEARCH completed
C: q SEARCH 4
S: q BAD [CLIENTBUG] there is no message of that number
C: r SEARCH
S: r BAD [CLIENTBUG] a space is expected
C: s SEARCH FOO
S: s BAD [CLIENTBUG] unknown search key "FOO"
