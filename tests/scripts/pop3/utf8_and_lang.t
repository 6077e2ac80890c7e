# RFC 6856 2 and 3
# RFC 6856 2.1, 3.2
transports: memory drip tcp
S: +OK ...
C: LANG
S: +OK ...
S: en English
S: .
C: LANG *
S: +OK en English
C: LANG en-GB
S: +OK en English
C: LANG de
S: -ERR There is no such language here
C: UTF8
S: +OK UTF8 enabled
C: STLS
S: -ERR STLS comes before UTF8
C: USER alice
S: +OK ...
C: PASS secret
S: +OK ...
C: UTF8
S: -ERR Already logged in
C: LANG en
S: +OK en English
