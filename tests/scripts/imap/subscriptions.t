# RFC 3501 6.3.6, 6.3.9: also to what is not there; "%" tells of levels above
# RFC 9051 6.3.7, 6.3.8, RFC 3501 7.2.3
S: * OK ...
C: a LOGIN alice secret
S: a OK ...
C: b SUBSCRIBE a/b
S: b OK SUBSCRIBE completed
C: c LSUB "" a*
S: * LSUB () "/" a/b
S: c OK LSUB completed
C: d LSUB "" %
S: * LSUB () "/" INBOX
S: * LSUB () "/" Archive
S: * LSUB () "/" Drafts
S: * LSUB () "/" Junk
S: * LSUB () "/" Sent
S: * LSUB () "/" Trash
S: * LSUB (\Noselect) "/" a
S: d OK LSUB completed
C: e UNSUBSCRIBE a/b
S: e OK UNSUBSCRIBE completed
C: f LSUB "" a*
S: f OK LSUB completed
C: g UNSUBSCRIBE INBOX
S: g OK UNSUBSCRIBE completed
C: h LSUB "" I%
S: h OK LSUB completed
