# RFC 9051 6.2.2: "*" cancels, what is not base64 is BAD
S: * OK ...
C: a AUTHENTICATE PLAIN
S: +...
C: *
S: a BAD Authentication cancelled
C: b AUTHENTICATE PLAIN
S: +...
C: !!!
S: b BAD The response is not base64
C: c AUTHENTICATE PLAIN abc
S: c BAD The initial response is not base64
C: d AUTHENTICATE PLAIN ${base64 alice}
S: d BAD ...
C: e AUTHENTICATE KERBEROS_V4
S: e NO [CANNOT] Unknown mechanism
C: f AUTHENTICATE PLAIN ${base64 \0alice\0wrong}
S: f NO [AUTHENTICATIONFAILED] ...
C: g NOOP
S: g OK NOOP completed
