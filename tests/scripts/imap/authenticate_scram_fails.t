# RFC 5802 7: wrong passwords and unknown users look the same
kind: proofs
S: * OK ...
C: a AUTHENTICATE SCRAM-SHA-256 ${base64 n,,n=alice,r=abc}
S: + $first
C: ${scram-sha-256 wrong abc $first}
S: a NO [AUTHENTICATIONFAILED] User name or password is wrong
C: b AUTHENTICATE SCRAM-SHA-256 ${base64 n,,n=nobody,r=abc}
S: + $second
C: ${scram-sha-256 secret abc $second}
S: b NO [AUTHENTICATIONFAILED] User name or password is wrong
C2: a AUTHENTICATE SCRAM-SHA-256 ${base64 n,,n=busy,r=abc}
S2: * OK ...
S2: a NO [UNAVAILABLE] Try again later
