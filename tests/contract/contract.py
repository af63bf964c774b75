"""Starts a server with a small site on it, runs schemathesis against it, and stops it again."""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ORIGIN = "http://blog.example"
SECONDS = 150
COMMENTS = 80
# What a limit would answer is a test of the limit; here they are out of the way.
LIMITS = ("POSTS", "PERSON_POSTS", "VOTES", "REPORTS", "PREVIEWS", "SIGN_INS")
ROOMY = {f"AFTERWORD_LIMITS_{name}_PER_MINUTE": "0" for name in LIMITS}
ROOMY |= {"AFTERWORD_LIMITS_STREAMS_PER_ADDRESS": "100000", "AFTERWORD_LOG_LEVEL": "warn"}


def binary():
    if named := os.environ.get("AFTERWORD_BIN"):
        return named
    found = sorted(HERE.parents[1].glob("target/*/release/afterword"), key=lambda path: path.stat().st_mtime)
    if not found:
        sys.exit("cannot run: no executable; build one with `cargo build --release`, or set AFTERWORD_BIN")
    return str(found[-1])


class Server:
    def __init__(self, folder):
        # The server refuses a variable that looks like a key of its configuration and is none.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AFTERWORD_")}
        self.environment = inherited | ROOMY
        self.folder = folder
        self.said = []
        command = [binary(), "serve", "--listen", "127.0.0.1:0", "--data", folder]
        self.process = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.url = None
        threading.Thread(target=self.read, daemon=True).start()
        deadline = time.monotonic() + 15
        while self.url is None:
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.exit("cannot run: the server did not start:\n" + "".join(self.said))
            time.sleep(0.02)

    def read(self):
        for line in self.process.stdout:
            self.said.append(line)
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                self.url = self.url or found.group()

    def cli(self, *words):
        subprocess.run([binary(), *words, "--data", self.folder], env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def post(self, body, token=None):
        headers = {"Content-Type": "application/json", "Origin": ORIGIN}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(f"{self.url}/api/v1/comments", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=20)


def seed(server):
    """A site with comments of one person: enough that some are left however many are deleted."""
    server.cli("site", "create", "blog", "--origin", ORIGIN)
    token, comments = None, []
    for number in range(COMMENTS):
        made = server.post({
            "site": "blog", "page": "/posts/a" if number % 2 else "/posts/b", "body": f"Comment {number}.",
            "author": {"name": "Ann"}, "elapsed_ms": 20_000,
        }, token)
        token = made["edit_token"]
        comments.append(made["comment"]["id"])
    return token, comments


def configuration(folder, comments):
    """The file beside this one, with the ids of the seeded comments in it."""
    text = (HERE / "schemathesis.toml").read_text()
    path = Path(folder) / "schemathesis.toml"
    path.write_text(text.replace('"CONTRACT_COMMENTS"', ", ".join(f'"{comment}"' for comment in comments)))
    return path


def main():
    with tempfile.TemporaryDirectory(prefix="afterword-contract-") as folder:
        server = Server(os.path.join(folder, "data"))
        try:
            token, comments = seed(server)
            environment = {**os.environ, "CONTRACT_HOOKS": str(HERE / "hooks.py"), "CONTRACT_TOKEN": token}
            tool = [str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(configuration(folder, comments))]
            tool += ["run", f"{server.url}/api/v1/openapi.json", "--no-color", "--max-time", str(SECONDS), *sys.argv[1:]]
            ended = subprocess.run(tool, env=environment, cwd=folder).returncode
            if server.process.poll() is not None:
                print("the server ended while it was being tried:\n" + "".join(server.said[-20:]))
                ended = 1
        finally:
            code = server.stop()
        if code != 0:
            print(f"the server ended with {code} when it was asked to stop")
            ended = ended or 1
    return ended


sys.exit(main())
