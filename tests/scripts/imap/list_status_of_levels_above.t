# RFC 5819 3: the second example: what is told for its children alone has no STATUS
S: * OK ...
C: a LOGIN bob secret
S: a OK ...
C: b CREATE foo/bar
C: c SUBSCRIBE foo/bar
C: d SUBSCRIBE INBOX
S-until: d OK ...
C: A02 LIST (SUBSCRIBED RECURSIVEMATCH) "" (INBOX foo) RETURN (STATUS (MESSAGES))
S: * LIST (\Subscribed \HasNoChildren) "/" INBOX
S: * STATUS INBOX (MESSAGES 0)
S: * LIST (\HasChildren) "/" foo ("CHILDINFO" ("SUBSCRIBED"))
S: A02 OK LIST completed
