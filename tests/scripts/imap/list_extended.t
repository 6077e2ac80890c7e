# RFC 5258 5: the examples 1 to 3, 8 and 9, with what is here
# RFC 5258 3.1, 3.5
S: * OK ...
C: a LOGIN bob secret
S: a OK ...
C: b1 CREATE Fruit/Apple
C: b2 CREATE Fruit/Banana
C: b3 CREATE Vegetable/Corn
C: b4 CREATE Tofu
C: b5 SUBSCRIBE Fruit/Banana
C: b6 SUBSCRIBE Fruit/Peach
C: b7 SUBSCRIBE Vegetable
C: b8 UNSUBSCRIBE Trash
S-until: b8 OK ...
C: c LIST (SUBSCRIBED) "" "*t*"
S: * LIST (\Subscribed \HasNoChildren \Drafts) "/" Drafts
S: * LIST (\NonExistent \Subscribed \HasNoChildren) "/" Fruit/Peach
S: * LIST (\Subscribed \HasNoChildren \Sent) "/" Sent
S: * LIST (\Subscribed \HasChildren) "/" Vegetable
S: * LIST (\Subscribed \HasNoChildren) "/" Fruit/Banana
S: c OK LIST completed
C: d LIST () "" "%" RETURN (CHILDREN)
S: * LIST (\HasNoChildren) "/" INBOX
S: * LIST (\HasNoChildren \Archive) "/" Archive
S: * LIST (\HasNoChildren \Drafts) "/" Drafts
S: * LIST (\HasChildren) "/" Fruit
S: * LIST (\HasNoChildren \Junk) "/" Junk
S: * LIST (\HasNoChildren \Sent) "/" Sent
S: * LIST (\HasNoChildren) "/" Tofu
S: * LIST (\HasNoChildren \Trash) "/" Trash
S: * LIST (\HasChildren) "/" Vegetable
S: d OK ...
C: e LIST "" ("Fruit" "Fru%/%" "Nothing") RETURN (SUBSCRIBED)
S: * LIST (\HasChildren) "/" Fruit
S: * LIST (\HasNoChildren) "/" Fruit/Apple
S: * LIST (\Subscribed \HasNoChildren) "/" Fruit/Banana
S: e OK ...
C: f LIST (SUBSCRIBED RECURSIVEMATCH) "" "F%"
S: * LIST (\HasChildren) "/" Fruit ("CHILDINFO" ("SUBSCRIBED"))
S: f OK ...
# What is told itself needs no parent to be told for it (RFC 5258 3.5)
C: g LIST (RECURSIVEMATCH SUBSCRIBED) "" "F*"
S: * LIST (\Subscribed \HasNoChildren) "/" Fruit/Banana
S: * LIST (\NonExistent \Subscribed \HasNoChildren) "/" Fruit/Peach
S: g OK ...
C: h LIST (REMOTE SPECIAL-USE) "" *
S: * LIST (\HasNoChildren \Archive) "/" Archive
S: * LIST (\HasNoChildren \Drafts) "/" Drafts
S: * LIST (\HasNoChildren \Junk) "/" Junk
S: * LIST (\HasNoChildren \Sent) "/" Sent
S: * LIST (\HasNoChildren \Trash) "/" Trash
S: h OK ...
C: i LIST (RECURSIVEMATCH) "" *
S: i BAD [CLIENTBUG] RECURSIVEMATCH goes with another option
C: j LIST (FOO) "" *
S: j BAD [CLIENTBUG] unknown option "FOO"
C: k DELETE Fruit
S: k OK ...
C: l LIST (SUBSCRIBED RECURSIVEMATCH) "" F%
S: * LIST (\NonExistent \HasChildren) "/" Fruit ("CHILDINFO" ("SUBSCRIBED"))
S: l OK ...
C: m LIST (SUBSCRIBED) "" "" RETURN ()
S: m OK LIST completed
