"""What was measured, as Markdown."""


class Section:
    """One table: its title, a few words on how it was measured, and its rows with a bar each."""

    def __init__(self, title, about, columns):
        self.title, self.about, self.columns, self.rows = title, about, columns, []

    def add(self, *cells):
        self.rows.append(cells)

    def markdown(self):
        lines = [f"## {self.title}", "", self.about, "", "| " + " | ".join(self.columns) + " |"]
        lines.append("|" + "---|" * len(self.columns))
        lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in self.rows]
        return "\n".join(lines)


def ratio(ours, theirs, bar):
    """The ratio, and whether it meets the bar."""
    value = ours / theirs
    return f"{value:.2f}" + ("" if value >= bar else f" (**below {bar}**)")


def markdown(machine, sections):
    head = ["# Results", "", "Made by `benches/run`; see `benches/README.md`.", "", machine, ""]
    return "\n".join(head) + "\n" + "\n\n".join(section.markdown() for section in sections) + "\n"
