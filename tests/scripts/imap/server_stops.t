# RFC 9051 7.1.5
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
do: stop
S: * BYE The server is shutting down
S-end:
