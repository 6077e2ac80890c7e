# RFC 3501 6.4.4: decoded, in any case
# RFC 2047 3, 6.1
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: c SEARCH FROM jürgen
S: c BAD ...
C: d SEARCH CHARSET UTF-8 FROM {7+}
C: JÜRGEN
S: * SEARCH 2
S: d OK SEARCH completed
C: e SEARCH CHARSET UTF-8 SUBJECT {6+}
C: grÜß
S: * SEARCH 2
S: e OK SEARCH completed
C: f SEARCH CHARSET ISO-8859-1 SUBJECT {4+}
C-raw: Gr\xfc\xdf\r\n
S: * SEARCH 2
S: f OK SEARCH completed
C: g SEARCH CHARSET X-NONE SUBJECT x
S: g NO [BADCHARSET (US-ASCII UTF-8)] The charset is not known
C: h SEARCH SUBJECT meeting
S: * SEARCH 1
S: h OK ...
C: i SEARCH TO alice@ NOT CC carol
S: * SEARCH 1 3
S: i OK ...
C: j SEARCH HEADER X-Spam ""
S: * SEARCH 2
S: j OK ...
C: k SEARCH HEADER message-id 1@example.org
S: * SEARCH 1
S: k OK ...
C: l SEARCH BCC x
S: * SEARCH
S: l OK ...
C: m SEARCH SENTON 2-Jan-2026
S: * SEARCH 2
S: m OK ...
C: n SEARCH SENTSINCE 2-Jan-2026
S: * SEARCH 2 3
S: n OK ...
C: o SEARCH OR SENTBEFORE 2-Jan-2026 FLAGGED
S: * SEARCH 1 3
S: o OK ...
