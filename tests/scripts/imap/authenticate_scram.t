# RFC 5802, RFC 7677: the server's signature is a challenge, answered by nothing (RFC 4422 4)
# RFC 7677 3, RFC 5802 3, 5
kind: proofs
S: * OK ...
C: a AUTHENTICATE SCRAM-SHA-256
S: +{/ ?/}
C: ${base64 n,,n=alice,r=abc}
S: + $first
C: ${scram-sha-256 secret abc $first}
S: + {/dj[0-3].*/}
C:
S: a OK [CAPABILITY IMAP4rev1 ...] AUTHENTICATE completed
C2: a AUTHENTICATE scram-sha-1 ${base64 n,,n=alice,r=abc}
S2: * OK ...
S2: + $again
C2: ${scram-sha-1 secret abc $again}
S2: + {/dj[0-3].*/}
C2: ${base64 more}
S2: a BAD [CLIENTBUG] SCRAM: an empty response is expected
C2: b SELECT INBOX
S2: b BAD Log in before SELECT
