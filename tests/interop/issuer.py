"""A small issuer of tokens: OpenID discovery, keys, introspection; it signs by openssl."""
import base64
import hmac
import http.server
import json
import ssl
import subprocess
import threading
import time
import urllib.parse

from demo import run


def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Key:
    def __init__(self, folder, name):
        self.name, self.file = name, folder / f"{name}.rsa"
        run("openssl", "genrsa", "-out", self.file, "2048")

    def jwk(self):
        modulus = run("openssl", "rsa", "-in", self.file, "-modulus", "-noout").stdout.strip().split("=")[1]
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.name, "e": "AQAB",
                "n": b64(bytes.fromhex(modulus))}

    def public_pem(self):
        return run("openssl", "rsa", "-in", self.file, "-pubout").stdout.encode()

    def sign(self, data):
        return subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.file], input=data, capture_output=True,
                              check=True, timeout=20).stdout


class Issuer:
    CLIENT, SECRET, AUDIENCE = "posthorn", "a secret/of: ours", "mail"

    def __init__(self, folder, certificate, key):
        self.keys = [Key(folder, "first")]
        self.asked = []  # paths
        self.is_broken = False
        self.active = {}  # opaque token -> claims
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(self.path)
                if issuer.is_broken:
                    return self.send_error(503)
                answers = {"/.well-known/openid-configuration": {
                    "issuer": issuer.url, "jwks_uri": issuer.url + "/keys",
                    "introspection_endpoint": issuer.url + "/introspect"}, "/keys": {
                    "keys": [key.jwk() for key in issuer.keys]}}
                self.answer(answers.get(self.path))

            def do_POST(self):
                issuer.asked.append(self.path)
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                given = base64.b64decode(self.headers["Authorization"].split()[1]).decode()
                if [urllib.parse.unquote(part) for part in given.split(":")] != [issuer.CLIENT, issuer.SECRET]:
                    return self.send_error(401)
                claims = issuer.active.get(form["token"][0])
                self.answer({"active": True, **claims} if claims else {"active": False})

            def answer(self, value):
                if value is None:
                    return self.send_error(404)
                body = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def claims(self, **changes):
        claims = {"iss": self.url, "aud": self.AUDIENCE, "exp": int(time.time()) + 600, "iat": int(time.time()),
                  "email": "alice@demo.test", "email_verified": True, "sub": "1234"}
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    def token(self, key=None, alg="RS256", kid=None, sign=None, **changes):
        key = key or self.keys[-1]
        header = {"alg": alg, "typ": "at+jwt", "kid": kid or key.name}
        data = b64(json.dumps(header).encode()) + "." + b64(json.dumps(self.claims(**changes)).encode())
        return data + "." + b64((sign or key.sign)(data.encode()))

    def token_by_secret(self, secret):
        """HS256, with what is known to all (the public key) or should be known to nobody."""
        return self.token(alg="HS256", sign=lambda data: hmac.digest(secret, data, "sha256"))
