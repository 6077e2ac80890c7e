# RFC 6855 4: UTF8 (~{n} for who has enabled it; literal8 (RFC 3516 4.4) for all
# RFC 7888 6
S: * OK ...
C: a LOGIN bob secret
S: a OK ...
C: b APPEND INBOX UTF8 (~{5+}
C: first)
S: b BAD Say ENABLE UTF8=ACCEPT first
C: c APPEND INBOX ~{5+}
C: a\0b\r\n
S: c OK [APPENDUID $v 1] APPEND completed
C: d ENABLE UTF8=ACCEPT
S: * ENABLED UTF8=ACCEPT
S: d OK ENABLE completed
C: e APPEND INBOX (\Seen) UTF8 (~{18+}
C: Subject: Gr\xc3\xbc\xc3\x9fe\r\n)
S: e OK [APPENDUID $v 2] APPEND completed
C: f APPEND INBOX UTF8 (~{5+}
C: first) {6+}
C: second
S: f OK [APPENDUID $v 3:4] APPEND completed
C: g APPEND INBOX UTF8 (~{5+}
C: first
S: g BAD [CLIENTBUG] ...
