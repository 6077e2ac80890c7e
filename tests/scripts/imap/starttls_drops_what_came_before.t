# RFC 9051 11.1: commands sent in the clear behind STARTTLS never run
transports: memory tcp
C-connect: private
S: * OK ...
C-raw: a STARTTLS\r\nb LOGIN alice secret\r\nc NOOP\r\n
S: a OK Begin TLS negotiation now
C-tls:
C: d NOOP
S: d OK NOOP completed
C: e SELECT INBOX
S: e BAD Log in before SELECT
