# Before the message is sent where the client waits, else after it was dropped
transports: memory tcp tls
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b APPEND Nowhere {31}
S: b NO [TRYCREATE] There is no such mailbox
C: c APPEND Nowhere {5+}
C: hello
S: c NO [TRYCREATE] There is no such mailbox
C: d APPEND Drafts {100001}
S: d NO [TOOBIG] The message is too large
C: e APPEND Drafts {100010+}
C: ${repeat 10001 0123456789}
S: e NO [TOOBIG] The message is too large
C: f APPEND a//b {5+}
C: hello
S: f NO [CANNOT] a mailbox name may not have an empty level
C: g APPEND Drafts {5}
S: + Go ahead
C: hello {3+}
C: abc
S: g OK [APPENDUID $v 1:2] APPEND completed
C: h APPEND Drafts hello
S: h BAD [CLIENTBUG] ...
C: i APPEND Drafts {0+}
C: 
S: i NO An empty message is not kept
do: full
C: j APPEND Drafts {5}
S: j NO [UNAVAILABLE] the disk is nearly full, please try again later
do: room
C: k STATUS Drafts (MESSAGES)
S: * STATUS Drafts (MESSAGES 2)
S: k OK STATUS completed
