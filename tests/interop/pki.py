"""A CA and certificates of its own, by openssl."""
import pathlib

from demo import run


class Pki:
    def __init__(self, folder, name):
        self.folder = pathlib.Path(folder)
        self.name = name
        self.ca = self.folder / f"{name}-ca.pem"
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                     "-subj", f"/CN={name}", "-keyout", self.folder / f"{name}-ca.key", "-out", self.ca)

    def openssl(self, *words, **options):
        return run("openssl", *words, **options)

    def certificate(self, name, extension):
        """Paths of a certificate with that subjectAltName ("DNS:localhost", "email:ann@example.org"), and of its key."""
        base = self.folder / f"{self.name}-{name}"
        key, request, certificate = (base.with_suffix(suffix) for suffix in (".key", ".csr", ".pem"))
        extensions = base.with_suffix(".ext")
        extensions.write_text(f"subjectAltName={extension}\n")
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                     "-keyout", key, "-out", request)
        self.openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self.folder / f"{self.name}-ca.key",
                     "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", certificate)
        return certificate, key
