# RFC 4315 3: APPENDUID, COPYUID, and neither where nothing was copied
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: A003 APPEND INBOX (\Seen) {62+}
C: Date: Mon, 7 Feb 1994 21:52:25 -0800 (PST)\r\nSubject: hello\r\n\r\n
S: A003 OK [APPENDUID $v 4] APPEND completed
C: b SELECT INBOX
S-until: b OK ...
C: A004 COPY 2:4 Archive
S: A004 OK [COPYUID $w 2:4 1:3] COPY completed
C: A005 UID COPY 305:310 Archive
S: A005 OK COPY completed
C: A006 STORE 2:3 +FLAGS.SILENT (\Deleted)
S: A006 OK ...
C: A007 EXPUNGE
S: * 2 EXPUNGE
S: * 2 EXPUNGE
S: A007 OK EXPUNGE completed
# The sets are in the order of the messages and name what was copied alone
C: A008 UID COPY 1:4 Archive
S: A008 OK [COPYUID $w 1,4 4:5] COPY completed
