kind: demo
S: 220 ...
C: EHLO client.test
S-until: 250 AUTH PLAIN LOGIN
C: auth login
S: 334 VXNlcm5hbWU6
C: ${base64 alice}
S: 334 UGFzc3dvcmQ6
C: ${base64 secret}
S: 235 2.7.0 ...
