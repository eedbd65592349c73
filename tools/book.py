"""mdBook's preprocessor of docs/: pages from outside the folder, and links that lead somewhere.

SUMMARY.md may name any page of the repository, such as ../README.md. In the book it stands under repository/, and whatever links to
it leads there. A link to a file that is no part of the book becomes the file's name. mdBook does not check links, so they are checked
here: a file or a heading that is not there, or a page of docs/ that SUMMARY.md forgot, ends the build.
"""

import json
import os
import pathlib
import re
import sys

FENCED = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:")


def chapters(items: list):
    """All chapters, those below others too."""
    for item in items:
        if isinstance(item, dict) and "Chapter" in item:
            yield item["Chapter"]
            yield from chapters(item["Chapter"]["sub_items"])


def anchors(content: str) -> set[str]:
    """What headings can be linked by, in GitHub's way, which is mdBook's."""
    found = {}
    for heading in re.findall(r"^#+ +(.*?) *$", FENCED.sub("", content), re.MULTILINE):
        words = re.sub(r"[^\w\- ]", "", LINK.sub(r"\2", heading).lower()).replace(" ", "-")
        found[words] = found.get(words, -1) + 1
        if found[words]:
            found[f"{words}-{found[words]}"] = 0
    return set(found)


class Book:
    """The pages by where they stand in the repository."""

    def __init__(self, root: pathlib.Path, items: list):
        self.root = root
        self.pages = {os.path.normpath(f"docs/{page['source_path']}"): page for page in chapters(items)}
        self.anchors = {source: anchors(page["content"]) for source, page in self.pages.items()}
        self.faults = []
        for page in sorted(root.glob("docs/**/*.md")):
            source = page.relative_to(root).as_posix()
            if source not in self.pages and source != "docs/SUMMARY.md":
                self.faults.append(f"{source} is not in docs/SUMMARY.md")

    def place(self, source: str) -> str:
        """Where a file of the repository stands in the book."""
        return source.removeprefix("docs/") if source.startswith("docs/") else f"repository/{source}"

    def link(self, source: str, match: re.Match) -> str:
        """A link of the page `source`, as the book has it."""
        image, words, target = match.groups()
        if SCHEME.match(target):
            return match[0]
        path, _, anchor = target.partition("#")
        wanted = os.path.normpath(os.path.join(os.path.dirname(source), path)) if path else source
        if not (self.root / wanted).exists():
            self.faults.append(f"{source}: there is no file {target}")
        elif anchor and anchor not in self.anchors.get(wanted, [anchor]):
            self.faults.append(f"{source}: there is no heading {target}")
        if not path:
            return match[0]
        if wanted not in self.pages and not wanted.startswith("docs/"):
            return f"{words} (`{wanted}` in the repository)"
        relative = os.path.relpath(self.place(wanted), os.path.dirname(self.place(source)) or ".")
        return f"{image}[{words}]({relative}{'#' if anchor else ''}{anchor})"

    def write(self):
        """Puts every page and its links where they belong."""
        for source, page in self.pages.items():
            parts = FENCED.split(page["content"])
            parts[::2] = [LINK.sub(lambda match: self.link(source, match), part) for part in parts[::2]]
            page["content"] = "".join(parts)
            page["path"] = self.place(source)


def main():
    """Reads and writes what mdBook says its preprocessors do."""
    if sys.argv[1:2] == ["supports"]:
        return
    context, content = json.load(sys.stdin)
    book = Book(pathlib.Path(context["root"]).resolve().parent, content["items"])
    book.write()
    if book.faults:
        sys.exit("\n".join(book.faults))
    json.dump(content, sys.stdout)


main()
