"""Values that a script writes as literals of JavaScript, read without running the script.

Nuxt 2 assigns the state of a page this way:
`window.__NUXT__=(function(a,b){a.id=7;return {posts:[a],note:b}}({},null))`. A value that is used twice is an argument
with a short name; statements before the `return` fill an argument that contains other values. Keys have no quotes;
numbers and texts are JavaScript's. Sources: ECMA-262, 13.2 (literals), and devalue's uneval.js. Pure; used by
`live.script_state`, and by `flight` for its texts.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from ..input import DEFAULT_LIMITS, Limits
from .lenient_json import load_lenient
from .shared_values import bound_values, left_out_note

_ASSIGNMENT = re.compile(r"__NUXT__(?:\.[\w$]+|\[[\"'][^\"']*[\"']\])?\s*=(?!=)\s*")
_FUNCTION = re.compile(r"[(!]?\s*function\s*[\w$]*\s*\(([\w$\s,]*)\)\s*\{")
_MAX_ASSIGNMENTS = 100

_TOKEN = re.compile(
    r"\s*(?:(?P<quote>[\"'`])|(?P<constant>void 0|-Infinity|![01])"
    r"|(?P<number>-?(?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)n?)"
    r"|(?:new\s+)?(?P<call>[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)\s*\("
    r"|(?:new\s+)?(?P<word>[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*)|(?P<mark>[{}\[\](),:;=.]))"
)
_TEXT = {quote: re.compile(rf"[^{quote}\\]*(?:\\.[^{quote}\\]*)*", re.DOTALL) for quote in "\"'`"}
_ESCAPE = re.compile(r"\\(?:u\{([\da-fA-F]{1,6})\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|(\r\n|.)|$)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"} | dict.fromkeys(
    ("\n", "\r\n", "\r", "\u2028", "\u2029"), ""
)

_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "!0": True, "!1": False} | dict.fromkeys(
    ("null", "undefined", "NaN", "Infinity", "-Infinity", "void 0")
)
_OPENING: dict[str, tuple[type[dict[str, Any] | list[Any]], str]] = {"{": (dict, "}"), "[": (list, "]")}

# From this length on the parser of JSON is faster, although it has to be called.
_MIN_JSON_CHARS = 100
# Well below the number of digits that Python refuses to convert.
_MAX_NUMBER_CHARS = 400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_literals(code: str, limits: Limits = DEFAULT_LIMITS) -> tuple[list[Any], str]:
    """Returns the values that a script assigns to Nuxt's state, as JSON, and a note on what could not be read.

    Never raises. Of a broken value the part before the error is read. Dates become their ISO texts; undefined names
    and values that JSON lacks become None. O(length).
    """
    values: list[Any] = []
    notes: list[str] = []
    at = 0
    for _ in range(_MAX_ASSIGNMENTS):
        match = _ASSIGNMENT.search(code, at)
        if match is None:
            break
        reader = _LiteralReader(code, match.end(), limits)
        value = reader.read_assigned()
        at = max(reader.at, match.end())
        if isinstance(value, dict | list):
            values.append(value)
            notes += reader.notes
    notes.append(left_out_note(bound_values(values, len(code))))
    return values, "; ".join(dict.fromkeys(note for note in notes if note))


def read_text(code: str, start: int) -> tuple[str, int, bool]:
    """Returns the text after the opening quote at `start`, where it ends, and whether it does; O(its length)."""
    match = _TEXT[code[start]].match(code, start + 1)
    end = match.end() if match else start + 1
    whole = end < len(code) and code[end] == code[start]
    raw = code[start + 1 : end]
    if "\\" not in raw:
        return raw, end + whole, whole
    if len(raw) > _MIN_JSON_CHARS:
        try:
            # Most are valid JSON too.
            return json.loads(f'"{raw}"', strict=False), end + whole, whole
        except ValueError:
            pass
    text = _ESCAPE.sub(_unescaped, raw)
    if "\\u" in raw:
        # Two surrogates of UTF-16 are one character.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return text, end + whole, whole


def _unescaped(match: re.Match[str]) -> str:
    braced, four_digits, two_digits, character = match.groups()
    if code := braced or four_digits or two_digits:
        return chr(int(code, 16)) if int(code, 16) < 0x110000 else "\ufffd"
    return _ESCAPED.get(character, character) if character else ""


class _LiteralReader:
    """Reads one value, token by token; `at` is the position of the next token."""

    def __init__(self, code: str, start: int, limits: Limits) -> None:
        self._max_objects = limits.max_objects
        self.at = start
        self.notes: list[str] = []
        self._code = code
        self._objects = 0
        # Where names are used: holder, key, name. Their values are known at the end of the script.
        self._uses: list[tuple[Any, Any, str]] = []
        # What statements add to the value of a name: name, key (None: at the end), and a list with the added value.
        self._additions: list[tuple[str, str | int | None, list[Any]]] = []

    def read_assigned(self) -> Any:
        """Returns the value of a literal, or of a function that is called at once."""
        function = _FUNCTION.match(self._code, self.at)
        returned: list[Any] = []
        known: dict[str, Any] = {}
        if function is None:
            self._read_values(returned, "")
        else:
            self.at = function.end()
            names = [name.strip() for name in function[1].split(",")]
            arguments: list[Any] = []
            if not self._read_body(returned) or not self._read_arguments(arguments):
                arguments = self._read_last_arguments(len(names)) or arguments
            known = dict(zip(names, arguments, strict=False))
        self._fill_uses(known)
        for name, key, values in self._additions:
            _add(known.get(name), key, values[0] if values else None)
        return returned[0] if returned else None

    def _read_body(self, returned: list[Any]) -> bool:
        """Reads the statements of the function up to its closing brace; returns whether there is one."""
        while True:
            kind, token = self._next()
            if (kind, token) == ("mark", "}"):
                return True
            if (kind, token) == ("mark", ";"):
                continue
            if (kind, token) == ("word", "return"):
                whole = self._read_values(returned, "")
            elif kind == "word":
                whole = self._read_assignment(token)
            elif kind == "call":
                whole = self._read_additions(token)
            else:
                whole = self._note_broken()
            if not whole:
                return False

    def _read_assignment(self, token: str) -> bool:
        """Reads the rest of `a.key=value`, `a["key"]=value` or `a[0]=value`."""
        name, _, attribute = token.partition(".")
        key: str | int = attribute
        kind, token = self._next()
        if not attribute and (kind, token) == ("mark", "["):
            kind, token = self._next()
            key = int(token) if kind == "number" and token.isdecimal() and len(token) < _MAX_NUMBER_CHARS else token
            if kind not in ("text", "number") or self._next() != ("mark", "]"):
                return self._note_broken()
            kind, token = self._next()
        if (kind, token) != ("mark", "="):
            return self._note_broken()
        values: list[Any] = []
        self._additions.append((name, key, values))
        return self._read_values(values, "")

    def _read_additions(self, token: str) -> bool:
        """Reads the rest of `a.add(value).add(value)` of a set, or `a.set(key,value)` of a map."""
        name, _, method = token.rpartition(".")
        while method in ("add", "set"):
            arguments: list[Any] = []
            self._additions.append((name, None, arguments if method == "add" else [arguments]))
            if not self._read_values(arguments, ")"):
                return False
            before = self.at
            if self._next() != ("mark", "."):
                self.at = before
                return True
            _, method = self._next()
        return self._note_broken()

    def _read_arguments(self, arguments: list[Any]) -> bool:
        """Reads the arguments of the call; a bracket around the function may close first. Returns whether all are."""
        token = self._next()
        if token == ("mark", ")"):
            token = self._next()
        return self._read_values(arguments, ")") if token == ("mark", "(") else self._note_broken()

    def _read_last_arguments(self, count: int) -> list[Any]:
        """Returns the arguments after the last brace of the script; none if they are not `count` whole values."""
        start = max(self._code.rfind("}("), self._code.rfind("})("))
        notes_before = len(self.notes)
        arguments: list[Any] = []
        self.at = max(self.at, start + 1)
        whole = start >= 0 and self._read_arguments(arguments)
        del self.notes[notes_before:]
        return arguments if whole and len(arguments) == count else []

    def _fill_uses(self, known: dict[str, Any]) -> None:
        """Puts the values of names where the names are used."""
        undefined = 0
        for holder, key, name in self._uses:
            holder[key] = known.get(name)
            undefined += name not in known
        if undefined:
            values = "1 value is a name" if undefined == 1 else f"{undefined:,} values are names"
            self.notes.append(f"{values} that the script does not define")

    def _read_values(self, root: list[Any], closing: str) -> bool:
        """Reads values with commas between them up to the closing mark; a single value if that is empty.

        Appends them to `root`. Returns whether all were whole; if not, `root` has those before the error.
        """
        frames: list[tuple[Any, str, str, tuple[Any, Any]]] = [(root, closing, "", (None, None))]
        key: str | None = None
        after_comma = True  # or at the beginning: the next comma in a list is a gap
        while True:
            kind, token = self._next()
            holder, closing, call, place = frames[-1]
            mark = token if kind == "mark" and key is None else ""
            if mark and mark == closing:
                frames.pop()
                if call:
                    place[0][place[1]] = _value_of(call, holder)
                after_comma = False
            elif mark == "," and closing:
                if after_comma and isinstance(holder, list):
                    holder.append(None)
                after_comma = True
            elif isinstance(holder, dict) and key is None:
                if kind == "mark" or not kind or kind == "call":
                    return self._note_broken()
                if self._follows(":"):
                    key = token
                else:  # {a} is {a: a}
                    self._put(holder, token, "word", token)
                    after_comma = False
                continue
            elif kind == "call" or (kind == "mark" and token in _OPENING):
                self._objects += 1
                if self._objects > self._max_objects:
                    self.notes.append(
                        f"a script has more than {self._max_objects:,} objects and lists; the rest is left out"
                    )
                    return False
                call = token if kind == "call" else ""
                made, closing = (list, ")") if call else _OPENING[token]
                new = made()
                # The result of a call is known when its bracket closes.
                frames.append((new, closing, call, self._put(holder, key, "", None if call else new)))
                key, after_comma = None, True
                continue
            elif kind and kind != "mark":
                self._put(holder, key, kind, token)
                key, after_comma = None, False
            else:
                return self._note_broken()
            if not frames or (len(frames) == 1 and not frames[0][1]):
                return True

    def _put(self, holder: Any, key: str | None, kind: str, value: Any) -> tuple[Any, Any]:
        """Puts a value, or the value of a token of a kind, into an object or at the end of a list; returns where."""
        place: Any = key
        if isinstance(holder, list):
            place = len(holder)
            holder.append(None)
        if kind == "number":
            value = _number(value)
        elif kind == "constant" or (kind == "word" and value in _CONSTANTS):
            value = _CONSTANTS[value]
        elif kind == "word" and value in ("Set", "Map"):
            value = []
        elif kind == "word":
            self._uses.append((holder, place, value))
            value = None
        holder[place] = value
        return holder, place

    def _next(self) -> tuple[str, str]:
        """Returns the kind and the text of the next token; both are empty at the end."""
        match = _TOKEN.match(self._code, self.at)
        if match is None:
            return "", ""
        if match["quote"] is None:
            self.at = match.end()
            kind = match.lastgroup or ""
            return kind, match[kind]
        text, end, _ = read_text(self._code, match.end() - 1)
        self.at = end
        # A text that does not end is a token too; the next one is the end of the code.
        return "text", text

    def _follows(self, mark: str) -> bool:
        before = self.at
        if self._next() == ("mark", mark):
            return True
        self.at = before
        return False

    def _note_broken(self) -> bool:
        """Notes that there is no literal here; returns False."""
        at, size = min(self.at, len(self._code)), len(self._code)
        self.notes.append(
            f"the data of a script is broken, cut off or not a literal at character {at:,} of {size:,}; "
            "the part before it was read"
        )
        return False


def _number(token: str) -> int | float | None:
    text = token.rstrip("n").lower()
    if len(text) > _MAX_NUMBER_CHARS:
        return None
    if "0x" in text:
        return int(text, 16)
    number = float(text)
    return int(text) if text.lstrip("-").isdecimal() else number if abs(number) != float("inf") else None


def _value_of(call: str, arguments: list[Any]) -> Any:
    """Returns the value of a call that writes a value; the first argument of other calls."""
    first = arguments[0] if arguments else None
    if call == "Date" and isinstance(first, int | float):
        try:
            return (_EPOCH + timedelta(milliseconds=first)).isoformat().replace("+00:00", "Z")
        except OverflowError:
            return None
    if call == "JSON.parse" and isinstance(first, str):
        values, _ = load_lenient(first)
        return values[0] if values else None
    if call in ("Set", "Map", "Array", "Object.create", "RegExp"):
        empty: Any = {} if call == "Object.create" else None if call == "RegExp" else []
        return first if isinstance(first, list) else empty
    return first


def _add(holder: Any, key: str | int | None, value: Any) -> None:
    if isinstance(holder, dict):
        holder[str(key)] = value
    elif isinstance(holder, list):
        if isinstance(key, int) and key < len(holder):
            holder[key] = value
        else:
            holder.append(value)
