# RFC 3348 3, RFC 5258 4: the example 3.1; never both attributes
S: * OK ...
C: a LOGIN bob secret
S: a OK ...
C: b1 CREATE ITEM_1/ITEM_1A
C: b2 CREATE ITEM_2/TOP_SECRET
S-until: b2 OK ...
C: A001 LIST "" ITEM*
S: * LIST (\HasChildren) "/" ITEM_1
S: * LIST (\HasNoChildren) "/" ITEM_1/ITEM_1A
S: * LIST (\HasChildren) "/" ITEM_2
S: * LIST (\HasNoChildren) "/" ITEM_2/TOP_SECRET
S: A001 OK LIST completed
C: c DELETE ITEM_2/TOP_SECRET
S: c OK ...
C: A002 LIST "" ITEM_2 RETURN (CHILDREN)
S: * LIST (\HasNoChildren) "/" ITEM_2
S: A002 OK LIST completed
