"""The machine, and the processes that are started on it."""

import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path


def need(*programs):
    missing = [program for program in programs if not (shutil.which(program) or Path(f"/usr/sbin/{program}").exists())]
    if missing:
        sys.exit(f"benches/run: {', '.join(missing)} must be installed (Debian: apt-get install {' '.join(missing)})")


def build(root):
    """The executable as it ships."""
    subprocess.run(["cargo", "build", "--release"], cwd=root, check=True)
    host = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout
    target = next(line.split()[1] for line in host.splitlines() if line.startswith("host:"))
    return root / "target" / target / "release" / "afterword"


def description(root):
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), "unknown processor")
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 1024 / 1024
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=root, capture_output=True, text=True).stdout.strip()
    nginx = subprocess.run([nginx_program(), "-v"], capture_output=True, text=True).stderr.strip().split("/")[-1]
    cores = len(os.sched_getaffinity(0))
    return (f"{cores} cores of {model}, {memory:.0f} GB of memory, Linux {platform.release()}; nginx {nginx}; "
            f"Afterword at {commit}. The load comes from the same cores.")


def nginx_program():
    return shutil.which("nginx") or "/usr/sbin/nginx"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Process:
    """A process that ends with the block it was started in."""

    def __init__(self, command, log, env=None):
        self.child = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **(env or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


def wait_for(port, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    sys.exit(f"benches/run: nothing came to listen on port {port}")
