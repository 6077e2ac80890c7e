"""The C++ programs of bench/load, compiled when a run begins."""
import concurrent.futures
import contextlib
import os
import pathlib
import shutil
import subprocess

SOURCES = pathlib.Path(__file__).resolve().parent.parent / "load"
COMPILERS = ("clang++-19", "clang++", "g++")


class Programs:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def path(self, name):
        """Of the program, compiled if it is not yet."""
        program = self.folder / name
        if not program.exists():
            compiler = next((word for word in COMPILERS if shutil.which(word)), None)
            if compiler is None:
                raise OSError(f"none of these is installed: {', '.join(COMPILERS)}")
            self.folder.mkdir(parents=True, exist_ok=True)
            subprocess.run([compiler, "-std=c++20", "-O2", "-pthread", "-o", program, SOURCES / f"{name}.cc"],
                           check=True, timeout=120)
        return program

    def compile_all(self):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as threads:
            list(threads.map(self.path, [source.stem for source in SOURCES.glob("*.cc")]))

    def run(self, name, *arguments, patience):
        """To its end; answers what it printed, and fails if it does."""
        done = subprocess.run([str(self.path(name)), *map(str, arguments)], capture_output=True, text=True,
                              timeout=patience)
        if done.returncode != 0:
            raise RuntimeError(f"{name} failed: {done.stderr.strip()[-500:]} {done.stdout.strip()[-200:]}")
        return done.stdout

    def talk(self, name, *arguments):
        """Starts it; whoever does has to end it."""
        return subprocess.Popen([str(self.path(name)), *map(str, arguments)], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True, bufsize=1)


def end(process, patience=10):
    """Of a program that was started by `talk`: its input ends, and so should it."""
    with contextlib.suppress(OSError):
        process.stdin.close()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
