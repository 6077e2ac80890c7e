# RFC 5161 3.1 and 3.2, RFC 9051 6.3.1: what is unknown or enabled already is not told
S: * OK ...
C: a ENABLE CONDSTORE
S: a BAD ...
C: b LOGIN alice secret
S: b OK ...
C: t1 ENABLE X-GOOD-IDEA
S: * ENABLED
S: t1 OK ENABLE completed
C: t2 ENABLE X-GOOD-IDEA condstore CONDSTORE IDLE
S: * ENABLED CONDSTORE
S: t2 OK ENABLE completed
C: t3 ENABLE QRESYNC
S: * ENABLED QRESYNC
S: t3 OK ENABLE completed
C: t4 ENABLE
S: t4 BAD ...
