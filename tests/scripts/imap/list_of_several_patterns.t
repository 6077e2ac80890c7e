# RFC 5258 3, 3.1, 3.2, 3.3: a name is told once, an empty pattern finds nothing, an option twice is one
S: * OK ...
C: a LOGIN bob secret
S: a OK ...
C: b CREATE Fruit/Apple
S: b OK ...
C: c LIST "" ("Fruit*" "*Apple" "") RETURN (CHILDREN CHILDREN)
S: * LIST (\HasChildren) "/" Fruit
S: * LIST (\HasNoChildren) "/" Fruit/Apple
S: c OK LIST completed
# SUBSCRIBED implies the return option
C: d SUBSCRIBE Fruit/Apple
S: d OK ...
C: e LIST (SUBSCRIBED SUBSCRIBED) "" "Fruit*" RETURN ()
S: * LIST (\Subscribed \HasNoChildren) "/" Fruit/Apple
S: e OK LIST completed
# Options that return more select nothing
C: f LIST "" "Fruit/%" RETURN (SUBSCRIBED SPECIAL-USE)
S: * LIST (\Subscribed \HasNoChildren) "/" Fruit/Apple
S: f OK LIST completed
C: g LIST "" "Fruit" RETURN (FOO)
S: g BAD [CLIENTBUG] ...
C: h LIST (SUBSCRIBED) "Fruit/" "%"
S: * LIST (\Subscribed \HasNoChildren) "/" Fruit/Apple
S: h OK LIST completed
