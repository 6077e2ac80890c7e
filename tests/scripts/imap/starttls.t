# RFC 9051 6.2.1: the capabilities change with TLS
transports: memory drip tcp
C-connect: private
S: * OK ...
C: a STARTTLS
S: a OK Begin TLS negotiation now
C-tls:
C: b CAPABILITY
S: * CAPABILITY IMAP4rev1 IMAP4rev2 ... APPENDLIMIT=100000 AUTH=PLAIN AUTH=LOGIN
S: b OK ...
C: c STARTTLS
S: c BAD TLS is already in use
C: d LOGIN alice secret
S: d OK ...
C: e STARTTLS
S: e BAD Already logged in
