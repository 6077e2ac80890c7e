# RFC 9051 6.3.12 and RFC 4315 3: flags, date and APPENDUID
transports: memory drip tcp tls
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b APPEND Drafts (\Draft $Mine) " 7-Jul-2025 02:44:25 -0700" {31}
S: + Go ahead
C: Subject: mine
C: 
C: My own text
C: 
S: b OK [APPENDUID $v 1] APPEND completed
C: c EXAMINE Drafts
S-until: c OK ...
C: d FETCH 1 (FLAGS INTERNALDATE RFC822.SIZE)
S: * 1 FETCH (FLAGS (\Draft \Recent $$Mine) INTERNALDATE " 7-Jul-2025 09:44:25 +0000" RFC822.SIZE 31)
S: d OK FETCH completed
