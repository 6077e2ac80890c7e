# RFC 3502 6.3.11: several messages in one command, with flags and dates each
# RFC 7888 7
S: * OK ...
C: a LOGIN bob secret
S: a OK ...
C: b APPEND INBOX (\Seen) {5}
S: + Go ahead
C-raw: first
C:  (\Flagged) "17-Jul-2025 02:44:25 -0700" {6+}
C: second {5+}
C: third
S: b OK [APPENDUID $v 1:3] APPEND completed
C: c SELECT INBOX
S-until: c OK ...
C: d FETCH 1:* (FLAGS BODY.PEEK[])
S: * 1 FETCH (FLAGS (\Seen \Recent) BODY[] {5}
S: first)
S: * 2 FETCH (FLAGS (\Flagged \Recent) BODY[] {6}
S: second)
S: * 3 FETCH (FLAGS (\Recent) BODY[] {5}
S: third)
S: d OK ...
C: e FETCH 2 INTERNALDATE
S: * 2 FETCH (INTERNALDATE "17-Jul-2025 09:44:25 +0000")
S: e OK ...
