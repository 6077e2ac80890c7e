# RFC 5802 5.1, RFC 9051 6.2.2
kind: proofs
S: * OK ...
C: a AUTHENTICATE SCRAM-SHA-256 ${base64 n,,n=alice,r=abc}
S: + ...
C: *
S: a BAD Authentication cancelled
C: b AUTHENTICATE SCRAM-SHA-256 ${base64 n,,n=alice,r=abc}
S: + ...
C: !!!
S: b BAD The response is not base64
C: c AUTHENTICATE SCRAM-SHA-256 ${base64 n,,m=must,n=alice,r=abc}
S: c BAD [CLIENTBUG] SCRAM: no mandatory extension is known
C2: d AUTHENTICATE SCRAM-SHA-256 ${base64 n,,n=alice,r=abc}
S2: * OK ...
S2: + ...
C2: ${base64 c=biws,r=abc,p=AAAA}
S2: d NO [AUTHORIZATIONFAILED] SCRAM: the nonce is another
C2: e AUTHENTICATE SCRAM-SHA-256 ${base64 p=tls-exporter,,n=alice,r=abc}
S2: e BAD [CLIENTBUG] SCRAM: a channel is bound, but -PLUS is not chosen
C3: f AUTHENTICATE SCRAM-SHA-256
S3: * OK ...
S3: +{/ ?/}
C3: ${repeat 12400 A}
S3: f BAD ...
