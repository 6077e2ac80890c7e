# RFC 9051 6.2.3: LOGINDISABLED, and no password is looked at
transports: memory drip tcp
C-connect: private
S: * OK [CAPABILITY IMAP4rev1 IMAP4rev2 ... APPENDLIMIT=100000 STARTTLS LOGINDISABLED] ...
C: a LOGIN alice secret
S: a NO [PRIVACYREQUIRED] A password may not pass without TLS: say STARTTLS first
C: b AUTHENTICATE PLAIN
S: b NO [PRIVACYREQUIRED] ...
C2-connect: plain
S2: * OK [CAPABILITY IMAP4rev1 IMAP4rev2 ... APPENDLIMIT=100000 LOGINDISABLED] ...
C2: a STARTTLS
S2: a NO TLS is not configured here
