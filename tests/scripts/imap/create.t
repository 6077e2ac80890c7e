# RFC 9051 6.3.4: levels above are made, one separator at the end is dropped
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b CREATE a/b/c
S: b OK CREATE completed
C: c CREATE a/b/
S: c NO [ALREADYEXISTS] ...
C: d CREATE d/
S: d OK CREATE completed
C: e CREATE inbox
S: e NO [ALREADYEXISTS] ...
C: f CREATE a//b
S: f NO [CANNOT] a mailbox name may not have an empty level
C: g LIST "" "a*"
S: * LIST (\HasChildren) "/" a
S: * LIST (\HasChildren) "/" a/b
S: * LIST (\HasNoChildren) "/" a/b/c
S: g OK LIST completed
C: h CREATE Inbox/x
S: h OK CREATE completed
C: i LIST "" INBOX*
S: * LIST (\HasChildren) "/" INBOX
S: * LIST (\HasNoChildren) "/" INBOX/x
S: i OK LIST completed
