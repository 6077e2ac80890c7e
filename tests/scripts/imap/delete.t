# RFC 9051 6.3.5: INBOX stays, and so do the children of what is deleted
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b DELETE INBOX
S: b NO [CANNOT] INBOX cannot be deleted
C: c DELETE Nowhere
S: c NO [NONEXISTENT] ...
C: d CREATE a/b
S: d OK ...
C: e DELETE a
S: e OK DELETE completed
C: f LIST "" a*
S: * LIST (\Noselect \HasChildren) "/" a
S: * LIST (\HasNoChildren) "/" a/b
S: f OK LIST completed
C: g SELECT a
S: g NO [NONEXISTENT] ...
C: h DELETE a/b
S: h OK DELETE completed
C: i LIST "" a*
S: i OK LIST completed
