"""Reads over HTTP, against nginx serving the same bytes as static files."""

import json
import random
import re
import statistics
import subprocess
import urllib.request

from . import machine
from .table import Section, ratio

SITE = "bench"
SYLLABLES = ("ba", "den", "ki", "lo", "mer", "nu", "pas", "ri", "sol", "tan", "ver", "wi", "zo", "che", "fal", "gor")
UNITS = {"us": 1e-3, "ms": 1, "s": 1e3}


def measure(binary, work, arguments):
    folder = work / "http"
    certificate(folder)
    data = seed(binary, folder)
    section = Section(
        "Reading, against nginx with the same bytes as static files",
        f"`wrk` with 2 threads for {arguments.seconds} s a round, {arguments.rounds} rounds in turn, medians. nginx as Debian "
        "configures it (`sendfile`, `tcp_nopush`, access log), with `gzip_static` for the compressed files. The bar is 1.0 for "
        "requests, and a p99 that is no longer than nginx's.",
        ["what", "bytes", "over", "connections", "requests/s", "nginx", "ratio", "p99 ms", "nginx"],
    )
    ports = {name: machine.free_port() for name in ("http", "https", "nginx", "nginx_tls")}
    with open(folder / "log", "w") as log:
        common = [binary, "--data", data, "serve", "--listen"]
        with machine.Process([*common, f"127.0.0.1:{ports['http']}"], log):
            machine.wait_for(ports["http"])
            files = static_files(folder, ports["http"])
            with machine.Process([machine.nginx_program(), "-c", nginx(folder, ports), "-p", folder], log):
                machine.wait_for(ports["nginx"])
                rows(section, files, ports, ("http", "nginx"), "HTTP", arguments)
        tls = {"AFTERWORD_SERVER_TLS_CERTIFICATE": folder / "chain.pem", "AFTERWORD_SERVER_TLS_KEY": folder / "key.pem"}
        with machine.Process([*common, f"127.0.0.1:{ports['https']}"], log, {k: str(v) for k, v in tls.items()}):
            machine.wait_for(ports["https"])
            with machine.Process([machine.nginx_program(), "-c", nginx(folder, ports), "-p", folder], log):
                machine.wait_for(ports["nginx_tls"])
                rows(section, files, ports, ("https", "nginx_tls"), "TLS", arguments)
    return section


def rows(section, files, ports, pair, over, arguments):
    scheme = "http" if over == "HTTP" else "https"
    for what, path, name, size, packed in files:
        for encoding, bytes_ in (("identity", size), ("gzip", packed)):
            for connections in (32, 256):
                urls = [f"{scheme}://127.0.0.1:{ports[pair[0]]}{path}", f"{scheme}://127.0.0.1:{ports[pair[1]]}/{name}"]
                for url in urls:
                    wrk(url, encoding, connections, 1)
                found = [[wrk(url, encoding, connections, arguments.seconds) for url in urls] for _ in range(arguments.rounds)]
                ours, theirs = ([statistics.median(one[side][k] for one in found) for k in (0, 1)] for side in (0, 1))
                section.add(what, bytes_, over, connections, f"{ours[0]:,.0f}", f"{theirs[0]:,.0f}",
                            ratio(ours[0], theirs[0], 1.0), f"{ours[1]:.1f}", f"{theirs[1]:.1f}")
                print(*section.rows[-1], sep="\t", flush=True)


def wrk(url, encoding, connections, seconds):
    """Requests a second, and the 99th percentile in milliseconds."""
    said = subprocess.run(["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", "-H", f"Accept-Encoding: {encoding}", url],
                          capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise SystemExit(f"benches/run: {url} was not answered with 200:\n{said}")
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), float(number) * UNITS[unit]


def certificate(folder):
    folder.mkdir(exist_ok=True)
    if not (folder / "chain.pem").exists():
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650",
                        "-subj", "/CN=localhost", "-keyout", folder / "key.pem", "-out", folder / "chain.pem"],
                       check=True, capture_output=True)


def seed(binary, folder):
    """An instance with a thread of 100 comments, one of 1,000, and 18 more pages."""
    data = folder / "data"
    if (data / "afterword.sqlite").exists():
        return data
    lines = [thread("/hundred", 100, 1), thread("/thousand", 1000, 2)] + [thread(f"/{n}", 3, 10 + n) for n in range(18)]
    export = folder / "export.json"
    export.write_text(json.dumps({"version": 1, "comments": [c for one in lines for c in one], "commenters": []}))
    subprocess.run([binary, "--data", data, "site", "create", SITE, "--origin", "https://bench.example"], check=True, capture_output=True)
    subprocess.run([binary, "--data", data, "import", "commento", export, "--site", SITE], check=True, capture_output=True)
    return data


def thread(page, number, seed_):
    """Comments of 20 to 100 made-up words, some of them replies; the same in every run."""
    comments, drawn = [], random.Random(seed_)
    for at in range(number):
        parent = drawn.choice(comments)["commentHex"] if at and drawn.random() < 0.4 else "root"
        text = " ".join(word(drawn) for _ in range(drawn.randrange(20, 100)))
        comments.append({
            "commentHex": f"{seed_:08x}{at:08x}", "domain": "bench.example", "url": page, "commenterHex": "anonymous",
            "markdown": text, "html": f"<p>{text}</p>", "parentHex": parent, "score": 0, "state": "approved",
            "creationDate": f"2024-{1 + at % 12:02}-{1 + at % 28:02}T10:{at % 60:02}:00Z", "deleted": False,
        })
    return comments


def word(drawn):
    """A few words stand often and most seldom, so that the text packs about as well as one that people wrote."""
    place = int(4000 * drawn.random() ** 3)
    return SYLLABLES[place % 16] + SYLLABLES[place // 16 % 16] + (SYLLABLES[place // 256 % 16] if place > 255 else "")


def static_files(folder, port):
    """The bytes of each answer, as nginx serves them: plain, and gzipped as we did."""
    root = folder / "static"
    root.mkdir(exist_ok=True)
    pages = "&".join(["page=/hundred", "page=/thousand", *(f"page=/{n}" for n in range(18))])
    found = []
    for what, path, name in (
        ("thread of 100", f"/api/v1/threads?site={SITE}&page=/hundred", "hundred.json"),
        ("thread of 1,000, first page", f"/api/v1/threads?site={SITE}&page=/thousand", "thousand.json"),
        ("counts of 20 pages", f"/api/v1/counts?site={SITE}&{pages}", "counts.json"),
        ("embed.js", "/embed.js", "embed.js"),
    ):
        sizes = []
        for encoding, ending in (("identity", ""), ("gzip", ".gz")):
            request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Accept-Encoding": encoding})
            with urllib.request.urlopen(request) as answer:
                body = answer.read()
                packed = answer.headers.get("Content-Encoding") == "gzip"
            if encoding == "identity" or packed:
                (root / f"{name}{ending}").write_bytes(body)
            sizes.append(len(body))
        found.append((what, path, name, *sizes))
    return found


def nginx(folder, ports):
    """Debian's own configuration, with one site in it."""
    path = folder / "nginx.conf"
    path.write_text(f"""
worker_processes auto;
pid {folder}/nginx.pid;
daemon off;
error_log {folder}/nginx-error.log;
events {{ worker_connections 768; }}
http {{
    sendfile on;
    tcp_nopush on;
    types_hash_max_size 2048;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_prefer_server_ciphers on;
    access_log {folder}/access.log;
    gzip_static on;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    server {{
        listen 127.0.0.1:{ports['nginx']};
        listen 127.0.0.1:{ports['nginx_tls']} ssl;
        ssl_certificate {folder}/chain.pem;
        ssl_certificate_key {folder}/key.pem;
        root {folder}/static;
    }}
}}
""")
    return path
