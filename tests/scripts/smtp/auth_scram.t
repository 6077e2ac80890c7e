# RFC 4954 4, RFC 5802: the server's signature is a challenge, answered by nothing
kind: proofs
transports: memory drip tcp
S: 220 ...
C: EHLO client.test
S-until: 250 AUTH SCRAM-SHA-256 SCRAM-SHA-1 PLAIN LOGIN
C: AUTH SCRAM-SHA-256
S: 334{/ ?/}
C: ${base64 n,,n=alice,r=abc}
S: 334 $first
C: *
S: 501 5.7.0 ...
C: AUTH SCRAM-SHA-256 ${base64 n,,n=alice,r=abc}
S: 334 $second
C: ${scram-sha-256 wrong abc $second}
S: 535 5.7.8 User name or password is wrong
C: AUTH SCRAM-SHA-256 ${base64 n,,n=alice}
S: 501 5.5.2 SCRAM: ...
C: AUTH SCRAM-SHA-256-PLUS
S: 504 5.5.4 ...
C2: EHLO client.test
S2: 220 ...
S2-until: 250 AUTH ...
C2: AUTH SCRAM-SHA-1 ${base64 n,,n=alice,r=abc}
S2: 334 $third
C2: ${scram-sha-1 secret abc $third}
S2: 334 {/dj[0-3].*/}
C2:
S2: 235 2.7.0 ...
