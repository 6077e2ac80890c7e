# RFC 5802 6: what somebody in the middle does is found out
kind: proofs
transports: tls
S: * OK [CAPABILITY ... AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-1-PLUS AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-1 AUTH=OAUTHBEARER AUTH=XOAUTH2 AUTH=PLAIN AUTH=LOGIN] ...
C: a AUTHENTICATE SCRAM-SHA-256-PLUS ${base64 p=tls-exporter,,n=alice,r=abc}
S: + $first
C: ${scram-bound-to-another secret abc $first}
S: a NO [AUTHORIZATIONFAILED] SCRAM: the channel binding does not fit, somebody may be between us
C: b AUTHENTICATE SCRAM-SHA-256 ${base64 y,,n=alice,r=abc}
S: b NO [AUTHORIZATIONFAILED] SCRAM: -PLUS was offered, but somebody has hidden it from you
C2: c AUTHENTICATE SCRAM-SHA-256-PLUS ${base64 n,,n=alice,r=abc}
S2: * OK ...
S2: c BAD [CLIENTBUG] SCRAM: -PLUS is chosen, but no channel is bound
C2: d AUTHENTICATE SCRAM-SHA-256-PLUS ${base64 p=tls-unique,,n=alice,r=abc}
S2: d NO [CANNOT] SCRAM: this channel has no such binding
