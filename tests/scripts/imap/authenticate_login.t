# draft-murchison-sasl-login-00
S: * OK ...
C: a AUTHENTICATE LOGIN
S: + VXNlcm5hbWU6
C: ${base64 alice}
S: + UGFzc3dvcmQ6
C: ${base64 secret}
S: a OK [CAPABILITY IMAP4rev1 ...] AUTHENTICATE completed
