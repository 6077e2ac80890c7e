# RFC 2177: news comes as it happens
# RFC 2177 3, RFC 9051 6.3.13
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT INBOX
S-until: b OK ...
C: c IDLE
S: + idling
do: deliver alice INBOX
S: * 4 EXISTS
S: * 4 RECENT
C2: a LOGIN alice secret
S2: * OK ...
S2: a OK ...
C2: b SELECT INBOX
S2-until: b OK ...
C2: c STORE 1 +FLAGS.SILENT (\Deleted)
S2: c OK STORE completed
S: * 1 FETCH (UID 1 FLAGS (\Deleted \Seen \Recent))
C2: d EXPUNGE
S2: * 1 EXPUNGE
S2: d OK EXPUNGE completed
S: * 1 EXPUNGE
C-raw: done\r\nd NOOP\r\n
S: c OK IDLE completed
S: d OK NOOP completed
