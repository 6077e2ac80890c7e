# RFC 5819 2: STATUS of each mailbox that can be selected
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b CREATE x/y
C: c DELETE x
S-until: c OK ...
C: d LIST "" (INBOX x x/y) RETURN (STATUS (MESSAGES UNSEEN SIZE) CHILDREN)
S: * LIST (\HasNoChildren) "/" INBOX
S: * STATUS INBOX (MESSAGES 3 UNSEEN 2 SIZE {/[0-9]+/})
S: * LIST (\NonExistent \HasChildren) "/" x
S: * LIST (\HasNoChildren) "/" x/y
S: * STATUS x/y (MESSAGES 0 UNSEEN 0 SIZE 0)
S: d OK LIST completed
C: e LIST "" INBOX RETURN (STATUS (FOO))
S: e BAD [CLIENTBUG] unknown status item "FOO"
