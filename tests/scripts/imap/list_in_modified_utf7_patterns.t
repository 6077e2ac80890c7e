# RFC 3501 6.3.8: names and patterns both travel as UTF-7
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b CREATE &AOQ-/&APY-
S: b OK CREATE completed
C: c LIST &AOQ- /%
S: * LIST (\HasNoChildren) "/" &AOQ-/&APY-
S: c OK LIST completed
C: d LIST "" &APY-
S: d OK LIST completed
C: e LIST "" &bad
S: e NO [CANNOT] the mailbox name is not modified UTF-7: ...
