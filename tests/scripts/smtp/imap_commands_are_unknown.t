S: 220 ...
C: a001 LOGIN alice secret
S: 500 5.5.2 Unknown command
C: a002 SELECT INBOX
S: 500 5.5.2 Unknown command
C: * OK hello
S: 500 5.5.2 Unknown command
C: NOOP
S: 250 ...
