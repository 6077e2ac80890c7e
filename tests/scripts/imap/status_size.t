# RFC 8438 3: SIZE is the sum of RFC822.SIZE, also for LIST
S: * OK ...
C: a LOGIN bob secret
S: a OK ...
C: b APPEND Drafts {5+}
C: hello {7+}
C: goodbye
S: b OK ...
C: A01 STATUS Drafts (MESSAGES SIZE UIDNEXT)
S: * STATUS Drafts (MESSAGES 2 SIZE 12 UIDNEXT 3)
S: A01 OK STATUS completed
C: A02 SELECT Drafts
S-until: A02 OK ...
C: A03 FETCH 1:* (RFC822.SIZE)
S: * 1 FETCH (RFC822.SIZE 5)
S: * 2 FETCH (RFC822.SIZE 7)
S: A03 OK FETCH completed
C: A04 LIST "" Drafts RETURN (STATUS (MESSAGES SIZE))
S: * LIST (\HasNoChildren \Drafts) "/" Drafts
S: * STATUS Drafts (MESSAGES 2 SIZE 12)
S: A04 OK LIST completed
C: A05 STORE 1 +FLAGS.SILENT (\Deleted)
S: A05 OK ...
C: A06 EXPUNGE
S: * 1 EXPUNGE
S: A06 OK ...
C: A07 STATUS Drafts (SIZE)
S: * STATUS Drafts (SIZE 7)
S: A07 OK STATUS completed
