"""Every command of docs/operations, as it stands there: install.md on a Debian without Posthorn, tls.md after it, then the
other pages.

The blocks ```sh of a page run in their order, each as a script that ends at the first failure. A block whose first line is
`# not run in the test: REASON` is passed over. The folder that they run in holds the package.
"""
import pathlib
import re
import shutil
import tempfile
import unittest

from demo import ROOT, need
from scratch_root import ScratchRoot, dependencies, make_deb

PAGES = ROOT / "docs/operations"
FIRST = ["install.md", "tls.md"]
MARK = "# not run in the test: "
MOST_PASSED_OVER = 12


def blocks(page):
    """(line, script) of each block ```sh."""
    lines, begun = page.read_text().splitlines(), None
    found = []
    for number, line in enumerate(lines, 1):
        if begun is None and line.strip() == "```sh":
            begun = number
        elif begun is not None and line.strip() == "```":
            found.append((begun, "\n".join(lines[begun:number - 1])))
            begun = None
    assert begun is None, f"{page}: the block of line {begun} does not end"
    return found


class Operations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="posthorn-deb-"))
        deb = make_deb(folder)
        cls.scratch = cls.enterClassContext(ScratchRoot(*dependencies(deb)))
        shutil.copy(deb, cls.scratch.path("/root"))
        cls.scratch.pretend_systemd()

    def test_no_page_is_without_its_commands(self):
        passed_over = []
        for page in sorted(PAGES.glob("*.md")):
            found = blocks(page)
            self.assertTrue(found, f"{page.name} has no block of sh")
            passed_over += [(page.name, line) for line, script in found if script.startswith(MARK)]
            self.assertNotIn("```bash", page.read_text())
            self.assertNotIn("```console", page.read_text())
        self.assertLessEqual(len(passed_over), MOST_PASSED_OVER, passed_over)

    def test_every_command(self):
        others = sorted(page.name for page in PAGES.glob("*.md") if page.name not in FIRST)
        script = "set -e\ntrap 'systemctl stop posthorn' EXIT\ncd /root\n"
        # One shell of its own for all, as its end ends the server with its namespace.
        for name in FIRST + others:
            for line, text in blocks(PAGES / name):
                if text.startswith(MARK):
                    continue
                script += f"echo '--- {name}:{line}'\n( bash -euo pipefail <<'END_OF_BLOCK'\n{text}\nEND_OF_BLOCK\n)\n"
        script += "echo '--- done'\n"
        self.scratch.need_ports(25, 143, 465, 587, 993, 9025)
        self.scratch.path("/root/all.sh").write_text(script)
        said = self.scratch.run("bash", "/root/all.sh", status=None, timeout=540)
        log = self.scratch.path("/var/log/posthorn.log")
        log = log.read_text() if log.exists() else ""
        self.assertTrue(said.rstrip().endswith("--- done"), f"{said[-6000:]}\n{log[-3000:]}")
        self.check(said, log)

    def check(self, said, log):
        """What the pages say of what happens, beyond that commands succeed."""
        self.assertIn("hostname: a host name such as mail.example.org is expected", said)
        self.assertRegex(said, r"INBOX +1 ")
        self.assertIn("ready\nserver: ok", said)
        self.assertRegex(said, r'posthorn_deliveries_total\{outcome="delivered"\} \d')
        self.assertRegex(said, "Protocol version: TLSv1.3|TLSv1.3")
        self.assertRegex(log, "event=sandbox user=posthorn capabilities=none,no_new_privs")
        self.assertRegex(log, "(?s)certificate.read.*certificate.read", "the renewed certificate was taken")
        errors = [line for line in log.splitlines() if " level=error" in line]
        # The pages renew key and certificate one after the other, which may be seen in between.
        self.assertEqual([line for line in errors if "certificate.refused" not in line], [])


if __name__ == "__main__":
    need("dpkg-deb", "dpkg-query", "tar", "openssl")
    unittest.main()
