# RFC 9051 6.1.2, 5.2, 7.4.1, RFC 3501 6.4.1, 7.3.1, 7.3.2
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
do: deliver alice INBOX
C: c CHECK
S: * 4 EXISTS
S: * 4 RECENT
S: c OK CHECK completed
do: deliver alice INBOX
C: d NOOP
S: * 5 EXISTS
S: * 5 RECENT
S: d OK NOOP completed
C: e NOOP
S: e OK NOOP completed
