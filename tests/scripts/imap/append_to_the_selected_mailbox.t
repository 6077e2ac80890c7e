# RFC 9051 6.3.12: told at once
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: c APPEND INBOX {5+}
C: hello
S: * 4 EXISTS
S: * 4 RECENT
S: c OK [APPENDUID $v 4] APPEND completed
