# RFC 7888: {n+}
# RFC 7888 3, 6, 7
literals: on
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b APPEND {6+}
C-raw: Drafts {5+}\r\nhello\r\n
S: b OK [APPENDUID $v 1] APPEND completed
C: c SELECT Drafts
S-until: c OK ...
C: d FETCH 1 BODY[]
S: * 1 FETCH (FLAGS (\Seen \Recent) BODY[] {5}\r\nhello)
S: d OK FETCH completed
