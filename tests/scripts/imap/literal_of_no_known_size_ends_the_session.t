# Nobody knows where the next command begins
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT {99999999999999999999+}
S: * BYE Where the next command begins is not known
S: b BAD the number is too large
S-end:
