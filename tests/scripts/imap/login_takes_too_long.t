# Who does not log in holds no connection, whatever is said meanwhile
clock: 2026-01-05T00:00:00Z
transports: memory drip
S: * OK ...
advance: 170s
C: a NOOP
S: a OK ...
advance: 11s
S: * BYE Silent for too long, logged out
S-end:
C2-connect: default
S2: * OK ...
C2: a LOGIN {5}
S2: + Go ahead
advance: 170s
C2: alice {6}
S2: + Go ahead
advance: 11s
S2: * BYE Silent for too long, logged out
S2-end:
C3-connect: default
S3: * OK ...
C3: a LOGIN alice secret
S3: a OK ...
advance: 29m
C3: b NOOP
S3: b OK ...
