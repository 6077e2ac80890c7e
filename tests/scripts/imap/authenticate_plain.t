# RFC 9051 6.2.2 and RFC 4959: with and without an initial response
# RFC 4616 2, 4, RFC 4422 3.3, 3.4.1
# RFC 4959 3, 4, RFC 9051 7.6
S: * OK ...
C: a AUTHENTICATE PLAIN ${base64 \0alice\0secret}
S: a OK [CAPABILITY IMAP4rev1 ...] AUTHENTICATE completed
C: b SELECT INBOX
S-until: b OK ...
C2: a authenticate plain
S2: * OK ...
S2: +...
C2: ${base64 \0alice\0secret}
S2: a OK [CAPABILITY IMAP4rev1 ...] AUTHENTICATE completed
C2: b AUTHENTICATE PLAIN ${base64 \0alice\0secret}
S2: b BAD Already logged in
