# Clients poll with "UID FETCH n:*": it must see mail that another session moved in, and nothing that is gone
# RFC 9051 6.4.9, 2.3.1.1
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SELECT Archive
S-until: b OK ...
S2: * OK ...
C2: a LOGIN alice secret
S2: a OK ...
C2: b SELECT INBOX
S2-until: b OK ...
C2: c MOVE 1:2 Archive
S2-until: c OK ...
C: c UID FETCH 1:* FLAGS
S: * 2 EXISTS
S: * 2 RECENT
S: * 1 FETCH (UID 1 FLAGS (\Seen \Recent))
S: * 2 FETCH (UID 2 FLAGS (\Recent))
S: c OK FETCH completed
do: deliver alice Archive
C: d UID SEARCH UID 3:*
S: * 3 EXISTS
S: * 3 RECENT
S: * SEARCH 3
S: d OK SEARCH completed
do: deliver alice Archive
C: e UID STORE 4:* +FLAGS (\Flagged)
S: * 4 EXISTS
S: * 4 RECENT
S: * 4 FETCH (UID 4 FLAGS (\Flagged \Recent))
S: e OK STORE completed
# Numbers hold where commands speak of numbers.
do: deliver alice Archive
C: f FETCH 4:* UID
S: * 4 FETCH (UID 4)
S: * 5 EXISTS
S: * 5 RECENT
S: f OK FETCH completed
C2: d DELETE Archive
S2: d OK ...
C: g UID FETCH 1:* FLAGS
S: * BYE The selected mailbox was deleted
S: g NO ...
S-end:
