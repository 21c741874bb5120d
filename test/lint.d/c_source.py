"""c_source.py: just enough of C's grammar for the lints: comments, strings and code, with lines."""

import os
import re
import sys

TOKEN = re.compile(
    r'(?P<comment>/\*.*?\*/|//[^\n]*)'
    r'|(?P<string>"(?:\\.|[^"\\\n])*")'
    r"|(?P<char>'(?:\\.|[^'\\\n])+')"
    r'|(?P<code>[^"\'/]+|.)', re.S)


class Source:
    """A C file: `code` has comments blanked and strings emptied, line breaks kept."""

    def __init__(self, path):
        self.path = path
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.lines = self.text.split("\n")
        self.generated = "generated" in "\n".join(self.lines[:5]).lower()
        self.tokens = []            # (kind, text, line)
        self.comments = {}          # line -> text of the comments that touch it
        code, line = [], 1
        for match in TOKEN.finditer(self.text):
            kind, text = match.lastgroup, match.group()
            self.tokens.append((kind, text, line))
            if kind == "comment":
                for offset in range(text.count("\n") + 1):
                    self.comments[line + offset] = self.comments.get(line + offset, "") + text
                code.append(re.sub(r"[^\n]", " ", text))
            elif kind == "string":
                code.append('""')
            else:
                code.append(text)
            line += text.count("\n")
        self.code_lines = "".join(code).split("\n")

    def excused(self, line, word):
        """A comment `word: reason` on this line, or alone on the line before, excuses it."""
        for number in (line, line - 1):
            if re.search(word + r": *\w", self.comments.get(number, "")):
                if number == line or not self.code_lines[number - 1].strip():
                    return True
        return False


def asked():
    """`CHECK [--count] [FOLDER]`: goes to the tree to look at, and tells whether figures are wanted."""
    for word in sys.argv[1:]:
        if word != "--count":
            os.chdir(word)
    return "--count" in sys.argv[1:]


def c_sources(folder="src", suffixes=(".c", ".h")):
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.endswith(suffixes):
                yield Source(os.path.join(base, name))
