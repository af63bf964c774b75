"""The parts that are Rust: benchmarks of cargo that print the rows of a table."""

import os
import subprocess


class Bench:
    """What one printed, under a title."""

    def __init__(self, title, about, text):
        self.title, self.about, self.text = title, about, text

    def markdown(self):
        return f"## {self.title}\n\n{self.about}\n\n{self.text}"


def part(name, title, about):
    """A part that runs `cargo bench --bench NAME`."""

    def measure(binary, work, arguments):
        root = work.parent.parent
        said = subprocess.run(["cargo", "bench", "--quiet", "--bench", name], cwd=root, check=True, capture_output=True, text=True,
                              env={**os.environ, "SECONDS": str(arguments.seconds)}).stdout
        rows = [line for line in said.splitlines() if line.startswith("|")]
        print(*rows, sep="\n", flush=True)
        return Bench(title, about, "\n".join(rows))

    return measure
