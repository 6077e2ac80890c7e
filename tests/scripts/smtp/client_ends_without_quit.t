# RFC 5321 4.1.1.10: the server copes
S: 220 ...
C: EHLO client.test
S-until: 250 ...
C-raw: NOO
C-end:
S-end:
