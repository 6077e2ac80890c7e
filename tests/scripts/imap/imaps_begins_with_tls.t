# RFC 8314 3.2
kind: imaps
S: * OK [CAPABILITY IMAP4rev1 IMAP4rev2 ... APPENDLIMIT=100000 AUTH=PLAIN AUTH=LOGIN] mail.test Posthorn
C: a LOGIN alice secret
S: a OK ...
