# RFC 7628, and Google's XOAUTH2
# RFC 7628 4.4
kind: proofs
transports: tls
S: 220 ...
C: EHLO client.test
S-until: 250 AUTH ...
C: AUTH OAUTHBEARER ${base64 n,,\x01auth=Bearer later\x01\x01}
S: 454 4.7.0 Try again later
C: AUTH XOAUTH2 ${base64 user=alice\x01auth=Bearer old\x01\x01}
S: 334 eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0=
C:
S: 535 5.7.8 The token has expired
C2: EHLO client.test
S2: 220 ...
S2-until: 250 AUTH ...
C2: AUTH OAUTHBEARER ${base64 n,a=alice,\x01auth=Bearer good\x01\x01}
S2: 235 2.7.0 ...
