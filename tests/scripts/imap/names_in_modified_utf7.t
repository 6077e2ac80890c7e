# RFC 3501 5.1.3
# RFC 9051 A.1
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b CREATE Entw&APw-rfe
S: b OK CREATE completed
C: c CREATE "a b&-c"
S: c OK CREATE completed
C: d LIST "" Entw*
S: * LIST (\HasNoChildren) "/" Entw&APw-rfe
S: d OK LIST completed
C: e LIST "" "a *"
S: * LIST (\HasNoChildren) "/" "a b&-c"
S: e OK LIST completed
C: f CREATE &foo
S: f NO [CANNOT] the mailbox name is not modified UTF-7: ...
C: g STATUS Entw&APw-rfe (UIDNEXT)
S: * STATUS Entw&APw-rfe (UIDNEXT 1)
S: g OK STATUS completed
