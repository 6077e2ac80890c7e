# RFC 9051 5.5: answered in order
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C-raw: b SELECT INBOX\r\nc FETCH 1 UID\r\nd STORE 1 +FLAGS.SILENT (\\Deleted)\r\ne EXPUNGE\r\nf FETCH 1 UID\r\ng LOGOUT\r\n
S-until: b OK ...
S: * 1 FETCH (UID 1)
S: c OK FETCH completed
S: d OK STORE completed
S: * 1 EXPUNGE
S: e OK EXPUNGE completed
S: * 1 FETCH (UID 2)
S: f OK FETCH completed
S: * BYE Logging out
S: g OK LOGOUT completed
S-end:
