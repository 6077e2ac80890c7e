# RFC 3501 6.3.8: wildcards, references, attributes
# RFC 9051 6.3.9, 7.3.1, 5.1.1
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b LIST "" ""
S: * LIST (\Noselect) "/" ""
S: b OK LIST completed
C: c LIST "" *
S: * LIST (\HasNoChildren) "/" INBOX
S: * LIST (\HasNoChildren \Archive) "/" Archive
S: * LIST (\HasNoChildren \Drafts) "/" Drafts
S: * LIST (\HasNoChildren \Junk) "/" Junk
S: * LIST (\HasNoChildren \Sent) "/" Sent
S: * LIST (\HasNoChildren \Trash) "/" Trash
S: c OK LIST completed
C: d CREATE Archive/2025
S: d OK ...
C: e LIST "" A%
S: * LIST (\HasChildren \Archive) "/" Archive
S: e OK LIST completed
C: f LIST Archive/ %
S: * LIST (\HasNoChildren) "/" Archive/2025
S: f OK LIST completed
C: g LIST "" inbox
S: * LIST (\HasNoChildren) "/" INBOX
S: g OK LIST completed
C: h LIST "" nothing
S: h OK LIST completed
C: i LIST ""
S: i BAD [CLIENTBUG] a space is expected
