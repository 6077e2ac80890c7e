# RFC 7628, and Google's XOAUTH2: a refused token is told in JSON, and answered by a dummy
# RFC 7628 3.2.2, 3.2.3
kind: proofs
transports: tls
S: * OK ...
C: a AUTHENTICATE OAUTHBEARER ${base64 n,a=alice,\x01host=mail.test\x01auth=Bearer good\x01\x01}
S: a OK [CAPABILITY IMAP4rev1 ...] AUTHENTICATE completed
C2: a AUTHENTICATE XOAUTH2 ${base64 user=alice\x01auth=Bearer good\x01\x01}
S2: * OK ...
S2: a OK [CAPABILITY IMAP4rev1 ...] AUTHENTICATE completed
C3: a AUTHENTICATE OAUTHBEARER
S3: * OK ...
S3: +{/ ?/}
C3: ${base64 n,,\x01auth=Bearer old\x01\x01}
S3: + eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIiwic2NoZW1lcyI6ImJlYXJlciIsIm9wZW5pZC1jb25maWd1cmF0aW9uIjoiaHR0cHM6Ly9pZC50ZXN0Ly53ZWxsLWtub3duL29wZW5pZC1jb25maWd1cmF0aW9uIn0=
C3: AQ==
S3: a NO [AUTHENTICATIONFAILED] The token has expired
C3: b AUTHENTICATE XOAUTH2 ${base64 user=alice\x01auth=Bearer old\x01\x01}
S3: + eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0=
C3:
S3: b NO [AUTHENTICATIONFAILED] The token has expired
C4: a AUTHENTICATE OAUTHBEARER ${base64 n,,\x01auth=Bearer later\x01\x01}
S4: * OK ...
S4: a NO [UNAVAILABLE] Try again later
C4: b AUTHENTICATE OAUTHBEARER ${base64 n,a=bob,\x01auth=Bearer good\x01\x01}
S4: b NO [AUTHORIZATIONFAILED] Not as another
C5: a AUTHENTICATE OAUTHBEARER ${base64 p=tls-unique,,\x01auth=Bearer good\x01\x01}
S5: * OK ...
S5: a BAD [CLIENTBUG] OAUTHBEARER: it has no channel binding
