# RFC 9051 6.3.6: children go along
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b CREATE a/b
S: b OK ...
C: c RENAME a x/y
S: c OK RENAME completed
C: d LIST "" x*
S: * LIST (\HasChildren) "/" x
S: * LIST (\HasChildren) "/" x/y
S: * LIST (\HasNoChildren) "/" x/y/b
S: d OK LIST completed
C: e RENAME Nowhere z
S: e NO [NONEXISTENT] ...
C: f RENAME x Trash
S: f NO [ALREADYEXISTS] ...
C: g RENAME x INBOX
S: g NO [ALREADYEXISTS] INBOX is always there already
C: h RENAME x x/y/z
S: h NO [CANNOT] ...
