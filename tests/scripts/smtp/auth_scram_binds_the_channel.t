# RFC 5802 6
kind: proofs_of_the_channel
transports: tls
S: 220 ...
C: EHLO client.test
S-until: 250 AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-1-PLUS SCRAM-SHA-256 SCRAM-SHA-1 OAUTHBEARER XOAUTH2 PLAIN LOGIN
C: AUTH SCRAM-SHA-256-PLUS ${base64 p=tls-exporter,,n=alice,r=abc}
S: 334 $first
C: ${scram-bound-to-another secret abc $first}
S: 535 5.7.8 SCRAM: the channel binding does not fit, somebody may be between us
C: AUTH SCRAM-SHA-256 ${base64 y,,n=alice,r=abc}
S: 535 5.7.8 SCRAM: -PLUS was offered, but somebody has hidden it from you
