S: 220 ...
C-raw: NOO
C-end:
S-end:
