# RFC 9051 6.4.5.1: parts by their numbers
literals: on
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b EXAMINE INBOX
S-until: b OK ...
C: c FETCH 2 (BODY[1] BODY[1.MIME] BODY[2]<2.3> BODY[3] BODY[2.MIME]<0.12>)
S: * 2 FETCH (BODY[1] {21}\r\nsch=F6ne Gr=FC=\r\n=DFe BODY[1.MIME] ...
S: c OK FETCH completed
C: d FETCH 2 BODY[2]
S: * 2 FETCH (BODY[2] {8}\r\nAAECAw==)
S: d OK FETCH completed
C: e FETCH 2 BODY[2]<6.100>
S: * 2 FETCH (BODY[2]<6> {2}\r\n==)
S: e OK FETCH completed
C: f FETCH 2 BODY[2]<8.1>
S: * 2 FETCH (BODY[2]<8> {0}\r\n)
S: f OK FETCH completed
C: g FETCH 2 BODY[7]
S: * 2 FETCH (BODY[7] NIL)
S: g OK FETCH completed
C: h FETCH 2 BODY[1.MIME]
S: * 2 FETCH (BODY[1.MIME] {93}\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n)
S: h OK FETCH completed
