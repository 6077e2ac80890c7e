# RFC 6154 2, 5.1 and 5.2: uses are told by every LIST; the option selects
S: * OK ...
C: a LOGIN bob secret
S: a OK ...
C: b CREATE ToDo
S: b OK ...
C: t1 LIST "" "%"
S: * LIST (\HasNoChildren) "/" INBOX
S: * LIST (\HasNoChildren \Archive) "/" Archive
S: * LIST (\HasNoChildren \Drafts) "/" Drafts
S: * LIST (\HasNoChildren \Junk) "/" Junk
S: * LIST (\HasNoChildren \Sent) "/" Sent
S: * LIST (\HasNoChildren) "/" ToDo
S: * LIST (\HasNoChildren \Trash) "/" Trash
S: t1 OK LIST completed
C: t2 LIST "" "%o" RETURN (SPECIAL-USE)
S: * LIST (\HasNoChildren) "/" ToDo
S: t2 OK LIST completed
C: t3 LIST (SPECIAL-USE) "" "%"
S: * LIST (\HasNoChildren \Archive) "/" Archive
S: * LIST (\HasNoChildren \Drafts) "/" Drafts
S: * LIST (\HasNoChildren \Junk) "/" Junk
S: * LIST (\HasNoChildren \Sent) "/" Sent
S: * LIST (\HasNoChildren \Trash) "/" Trash
S: t3 OK LIST completed
