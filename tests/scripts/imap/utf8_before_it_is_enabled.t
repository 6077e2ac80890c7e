# RFC 6855 3 and 5: no UTF-8 in quoted strings to or from who has not enabled it; LOGIN takes none
S: * OK ...
C: a LOGIN "j\xc3\xbcrgen" secret
S: a {/(NO|BAD) .*/}
C: b LOGIN alice secret
S: b OK ...
C: c SELECT INBOX
S-until: c OK ...
C: d FETCH 2 ENVELOPE
S: * 2 FETCH (ENVELOPE ("Fri, 2 Jan 2026 23:30:00 -0500" "=?utf-8?b?R3LDvMOfZQ==?=" ...))
S: d OK FETCH completed
