# RFC 7162 3.1.4: MODSEQ and CHANGEDSINCE
# RFC 7162 3.1.4.1, 3.1.4.2
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX (CONDSTORE)
S-until: * OK [HIGHESTMODSEQ $h] ...
S-until: b OK ...
C: c FETCH 1:* (UID MODSEQ)
S: * 1 FETCH (UID 1 MODSEQ ($m1))
S: * 2 FETCH (UID 2 MODSEQ ($m2))
S: * 3 FETCH (UID 3 MODSEQ ($h))
S: c OK ...
C: d FETCH 1:* (UID) (CHANGEDSINCE $m2)
S: * 3 FETCH (MODSEQ ($h) UID 3)
S: d OK ...
C: e UID FETCH 1:2 (FLAGS) (CHANGEDSINCE $m1)
S: * 2 FETCH (UID 2 MODSEQ ($m2) FLAGS (\Recent))
S: e OK ...
C: f UID FETCH 1:* (FLAGS) (CHANGEDSINCE $h)
S: f OK ...
# Apple Mail asks so, against the grammar
C: g UID FETCH 1:* (FLAGS) (CHANGEDSINCE 0)
S: * 1 FETCH (UID 1 MODSEQ ($m1) FLAGS (\Seen \Recent))
S: * 2 FETCH (UID 2 MODSEQ ($m2) FLAGS (\Recent))
S: * 3 FETCH (UID 3 MODSEQ ($h) FLAGS (\Flagged \Recent))
S: g OK ...
C: h FETCH 1 (FLAGS) (CHANGEDSINCE x)
S: h BAD [CLIENTBUG] ...
C: i FETCH 1 (FLAGS) (CHANGEDSINCE 1 VANISHED)
S: i BAD VANISHED goes with UID FETCH
C: j UID FETCH 1 (FLAGS) (CHANGEDSINCE 1 VANISHED)
S: j BAD Say ENABLE QRESYNC first
C: k UID FETCH 1 (FLAGS) (VANISHED)
S: k BAD [CLIENTBUG] VANISHED goes with CHANGEDSINCE
# FETCH that sets \Seen tells UID and MODSEQ (RFC 7162 3.2.4)
C: l FETCH 3 BODY[1.MIME]
S: * 3 FETCH (UID 3 FLAGS (\Flagged \Seen \Recent) MODSEQ ($m4) BODY[1.MIME] {...}
S-until: l OK ...
