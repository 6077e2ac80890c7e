# RFC 2971 3.1, 3.2, 3.3, 4, RFC 9051 6.3.10, 7.3.2, 5.1.2, RFC 2342 5
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b ID ("name" "test" "version" NIL)
S: * ID ("name" "Posthorn")
S: b OK ID completed
C: c ID NIL
S: * ID ("name" "Posthorn")
S: c OK ID completed
C: d ID name
S: d BAD [CLIENTBUG] ...
C: e ENABLE CONDSTORE X-FOO
S: * ENABLED CONDSTORE
S: e OK ENABLE completed
C: f NAMESPACE
S: * NAMESPACE (("" "/")) NIL NIL
S: f OK NAMESPACE completed
