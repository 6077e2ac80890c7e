# Ten bad commands before login, then BYE
# RFC 9051 7.1.3
S: * OK ...
C: a NONSENSE
S: a BAD Unknown command
C: LOGIN alice secret
S: LOGIN BAD Unknown command; a command begins with a tag, such as: a LOGIN
C: 
S: * BAD A command begins with a tag
C: a
S: a BAD A command is a tag, a space and a name
C: a SELECT INBOX
S: a BAD Log in before SELECT
C: a CAPABILITY all
S: a BAD CAPABILITY takes no argument
C: (
S: * BAD A command begins with a tag
C: a UID NOOP
S: a BAD Unknown command
C: a b
S: a BAD Unknown command
C: a c
S: * BYE Too many bad commands
S: a BAD Unknown command
S-end:
