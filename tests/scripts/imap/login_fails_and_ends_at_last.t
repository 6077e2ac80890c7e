# Three bad passwords, then BYE; which of name and password was wrong is not told
# RFC 9051 7.1.2, RFC 5530 3
S: * OK ...
C: a LOGIN alice wrong
S: a NO [AUTHENTICATIONFAILED] User name or password is wrong
C: b LOGIN nobody secret
S: b NO [AUTHENTICATIONFAILED] User name or password is wrong
C: c LOGIN lost secret
S: c NO [AUTHORIZATIONFAILED] There is no mail for this user
C: d LOGIN busy secret
S: * BYE Too many failed logins
S: d NO [UNAVAILABLE] Try again later
S-end:
