"""A small Debian in a folder, made of packages that are installed here, in which packages can be installed, upgraded,
removed and purged for real: nothing of it touches this machine.

It has no systemd that runs; where a test needs the service, it puts a `systemctl` of its own there (systemctl.py).
Commands run under chroot, with namespaces of their own for processes, mounts and the network where those may be made.
"""
import os
import pathlib
import shutil
import socket
import stat
import subprocess
import tempfile

from demo import ROOT, run, skip

PACKAGES = ["bash", "coreutils", "dpkg", "apt", "adduser", "passwd", "init-system-helpers", "sed", "grep", "gawk", "mawk",
            "findutils", "tar", "gzip", "zstd", "util-linux", "hostname", "procps", "curl", "openssl", "ca-certificates",
            "libc-bin", "diffutils", "debianutils", "base-files", "base-passwd", "login", "perl-base", "python3-minimal",
            "python3", "dash", "debconf", "libpam-runtime", "libpam-modules", "netbase"]
NODES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
NAMESPACES = ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child"]
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def installed():
    """name -> names of those that it depends on; of what is installed."""
    out = run("dpkg-query", "-W", "-f", "${Package}\t${db:Status-Abbrev}\t${Pre-Depends}, ${Depends}\n").stdout
    found = {}
    for line in out.splitlines():
        name, state, depends = line.split("\t")
        if state.startswith("ii"):
            found[name] = [[word.split("(")[0].split(":")[0].strip() for word in one.split("|")]
                           for one in depends.split(",") if one.strip()]
    return found


def closure(names, known):
    wanted, todo = set(), [name for name in names if name in known]
    while todo:
        name = todo.pop()
        if name in wanted:
            continue
        wanted.add(name)
        for alternatives in known[name]:
            todo += [next((one for one in alternatives if one in known), None)] if any(
                one in known for one in alternatives) else []
    return sorted(wanted)


def dependencies(deb):
    depends = run("dpkg-deb", "-f", deb, "Depends").stdout
    return [one.split("|")[0].split("(")[0].strip() for one in depends.split(",")]


def make_deb(folder, version=None):
    """The package of what is built; answers its path. Skips where it cannot be made."""
    build = ROOT / "build/release"
    for tool in ("cpack", "dpkg-shlibdeps"):
        if shutil.which(tool) is None:
            skip(f"{tool} is not installed")
    words = ["cpack", "-G", "DEB", "--config", build / "CPackConfig.cmake", "-B", folder]
    run(*words, *(["-D", f"CPACK_PACKAGE_VERSION={version}"] if version else []), cwd=build)
    return next(pathlib.Path(folder).glob(f"posthorn_{version or ''}*.deb"))


class ScratchRoot:
    def __init__(self, *more_packages):
        if os.geteuid() != 0:
            skip("only root can make a Debian to install into")
        self.folder = tempfile.mkdtemp(prefix="posthorn-root-")
        self.root = pathlib.Path(self.folder)
        self.packages = closure(PACKAGES + list(more_packages), installed())

    def __enter__(self):
        try:
            self.fill()
            self.enter = self.way_in()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        shutil.rmtree(self.folder, ignore_errors=True)

    def fill(self):
        for name in ("bin", "sbin", "lib", "lib64"):
            (self.root / "usr" / name).mkdir(parents=True)
            (self.root / name).symlink_to(f"usr/{name}")
        for name in ("tmp", "proc", "dev", "run", "root", "home", "var/lib/dpkg/info", "var/lib/dpkg/updates",
                     "var/lib/dpkg/triggers", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "var/log/apt",
                     "var/lib/systemd", "var/tmp", "etc/apt"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        (self.root / "tmp").chmod(0o1777)
        (self.root / "var/run").symlink_to("/run")
        self.copy_files()
        self.copy_state()
        for name, (major, minor) in NODES.items():
            node = self.root / "dev" / name
            try:
                os.mknod(node, stat.S_IFCHR | 0o666, os.makedev(major, minor))
                node.chmod(0o666)
            except PermissionError:
                skip("device nodes cannot be made here")

    def copy_files(self):
        paths = set()
        for line in run("dpkg-query", "-L", *self.packages).stdout.splitlines():
            if line.startswith("/") and not line.startswith(("/usr/share/doc/", "/usr/share/locale/", "/usr/share/man/")):
                paths.add(line)
        paths |= {"/etc/alternatives", "/etc/ld.so.cache"}
        for path in run("find", "/etc/alternatives", "/etc/ssl", "/etc/pam.d").stdout.splitlines():
            paths.add(path)
        paths |= {str(path) for path in pathlib.Path("/usr/bin").glob("*awk")}  # links of alternatives
        names = [path for path in paths if os.path.lexists(path)]
        # Without following links: a package's file may lie below a link of another (/lib).
        listing = "\0".join(os.path.join(os.path.realpath(os.path.dirname(n)), os.path.basename(n)).lstrip("/")
                            for n in sorted(names))
        packed = subprocess.Popen(["tar", "-C", "/", "--null", "--no-recursion", "-T", "-", "-c"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        unpacked = subprocess.Popen(["tar", "-C", self.root, "--keep-directory-symlink", "-x"], stdin=packed.stdout)
        packed.stdin.write(listing.encode())
        packed.stdin.close()
        packed.stdout.close()
        assert unpacked.wait() == 0
        packed.wait()

    def copy_state(self):
        state = run("dpkg-query", "-s", *self.packages).stdout
        (self.root / "var/lib/dpkg/status").write_text(state + "\n" if not state.endswith("\n\n") else state)
        for file in pathlib.Path("/var/lib/dpkg/info").iterdir():
            if file.name.rsplit(".", 1)[0].split(":")[0] in self.packages:
                shutil.copy2(file, self.root / "var/lib/dpkg/info")
        (self.root / "var/lib/dpkg/info/format").write_text("1\n")
        for name in ("passwd", "group", "shadow", "gshadow"):
            lines = (pathlib.Path("/etc") / name).read_text().splitlines()
            (self.root / "etc" / name).write_text(
                "".join(line + "\n" for line in lines if not line.startswith("posthorn:")))
        for name in ("shadow", "gshadow"):
            (self.root / "etc" / name).chmod(0o640)
            shutil.chown(self.root / "etc" / name, "root", "shadow")
        (self.root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
        (self.root / "etc/nsswitch.conf").write_text("passwd: files\ngroup: files\nshadow: files\nhosts: files\n")
        (self.root / "etc/resolv.conf").write_text("")
        (self.root / "etc/apt/apt.conf").write_text('APT::Sandbox::User "root";\nDpkg::Use-Pty "0";\n')

    def way_in(self):
        """How commands get in there, and whether they have a network of their own."""
        self.has_own_network = True
        inside = f"ip link set lo up 2>/dev/null || true; mount -t proc proc {self.root}/proc; exec \"$@\""
        if shutil.which("unshare") and subprocess.run(
                [*NAMESPACES, "sh", "-c", f"mount -t proc proc {self.root}/proc && chroot {self.root} /bin/true"],
                capture_output=True).returncode == 0:
            return [*NAMESPACES, "sh", "-c", inside, "sh", "chroot", str(self.root)]
        self.has_own_network = False
        if subprocess.run(["chroot", str(self.root), "/bin/true"], capture_output=True).returncode != 0:
            skip("chroot is not allowed here")
        return ["chroot", str(self.root)]

    def need_ports(self, *ports):
        """Skips the test where one of them is taken."""
        for port in [] if self.has_own_network else ports:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("0.0.0.0", port))
                except OSError as error:
                    skip(f"port {port} is needed: {error}")

    def pretend_systemd(self):
        for name in ("systemctl", "journalctl"):
            tool = self.path(f"/usr/local/bin/{name}")
            tool.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / "tests/interop/systemctl.py", tool)
            tool.chmod(0o755)

    def popen(self, *words, **options):
        environment = {"PATH": PATH, "HOME": "/root", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        return subprocess.Popen([*self.enter, *[str(word) for word in words]], env=environment,
                                stdin=options.pop("stdin", subprocess.DEVNULL), **options)

    def run(self, *words, status=0, timeout=300, **options):
        """Answers (status, output), both streams together."""
        with self.popen(*words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options) as process:
            try:
                output, _ = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                output, _ = process.communicate()
                raise AssertionError(f"{words} does not end:\n{output}") from None
        if status is not None and process.returncode != status:
            raise AssertionError(f"{words} ended with {process.returncode}, not {status}:\n{output}")
        return output

    def path(self, name):
        return self.root / name.lstrip("/")
