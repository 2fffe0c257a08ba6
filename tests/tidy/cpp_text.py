# SPDX-License-Identifier: Apache-2.0
# Reads C++ just well enough: blanks comments and strings, and finds functions by counting braces.
import re

_TOKEN = re.compile(
    r'(?P<raw>R"(?P<tag>[^()\\\s]*)\(.*?\)(?P=tag)")'
    r'|(?P<string>"(?:\\.|[^"\\\n])*")'
    r"|(?P<number>\b\d[\w.]*(?:'[\w.]+)*)"
    r"|(?P<character>'(?:\\.|[^'\\\n])+')"
    r"|(?P<line>//[^\n]*)"
    r"|(?P<block>/\*.*?\*/)",
    re.DOTALL)
_TYPE = re.compile(r"\b(?:namespace|class|struct|union|enum|concept)\b(?![^()]*\()|\bextern\s*$")
_NAME = re.compile(r"([~\w:]+|operator\s*[^\s\w(]+(?:\(\))?)\s*\(")


def without_comments_and_strings(text):
    """The text with comments and the insides of literals blanked; every line keeps its number. Paths of #include stay."""

    def blank(match):
        whole = match.group(0)
        if match.lastgroup == "number" or match.group("number"):
            return whole
        if match.group("string") and re.search(r"#\s*include\s*$", text[:match.start()].rsplit("\n", 1)[-1]):
            return whole
        return re.sub(r"[^\n]", " ", whole) if match.group("line") or match.group("block") \
            else '"' + re.sub(r"[^\n]", " ", whole[1:-1]) + '"'

    return _TOKEN.sub(blank, text)


def functions(code):
    """(name, first line, lines from the opening to the closing brace) of what stands outside any other function."""
    code = re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), code, flags=re.MULTILINE)
    found = []
    is_type = []      # of each open scope: holds declarations, not statements
    head_start = 0    # where the text that introduces the next scope begins
    pending = None    # the head of a constructor whose initialisers have braces
    current = None    # (name, line, depth) of the function being read
    line = 1
    for position, character in enumerate(code):
        if character == "\n":
            line += 1
        elif character == "{":
            head = code[head_start:position].strip()
            if all(is_type):
                if _TYPE.search(head):
                    is_type.append(True)
                    pending = None
                else:
                    is_data = bool(re.search(r"=\s*$", head)) or ("(" not in head and pending is None)
                    if not is_data:
                        if "(" in head and _NAME.search(head):
                            pending = _NAME.search(head).group(1)
                        current = (pending or "?", line, len(is_type))
                    is_type.append(False)
            else:
                is_type.append(False)
            head_start = position + 1
        elif character == "}":
            if is_type:
                is_type.pop()
            if current and len(is_type) == current[2]:
                found.append((current[0], current[1], line - current[1] + 1))
                current = None
            head_start = position + 1
        elif character == ";":
            head_start = position + 1
            if all(is_type):
                pending = None
    return found
