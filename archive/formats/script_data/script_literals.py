"""Values that a script writes out as literals of JavaScript, read without running it.

Nuxt 2 assigns the state of a page so: `window.__NUXT__=(function(a,b){a.id=7;return {posts:[a],note:b}}({},null))`.
What is used twice is an argument with a short name, and one that holds others is filled by statements before the
value is returned. Keys stand without quotes, numbers and texts as JavaScript writes them. Source: ECMA-262, 13.2
(literals); devalue's uneval.js for what is written in which way. Used by live_state, and flight for its texts. Pure.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from ..input import MAX_OBJECTS
from .lenient_json import load_lenient
from .shared_values import bound_values, left_out_note

_ASSIGNMENT = re.compile(r"__NUXT__(?:\.[\w$]+|\[[\"'][^\"']*[\"']\])?\s*=(?!=)\s*")
_FUNCTION = re.compile(r"[(!]?\s*function\s*[\w$]*\s*\(([\w$\s,]*)\)\s*\{")
_MOST_ASSIGNMENTS = 100

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

_LONG_TEXT = 100  # characters
# Python refuses to convert ten times as many digits.
_LONGEST_NUMBER = 400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_literals(code: str) -> tuple[list[Any], str]:
    """Returns the values that a script assigns to Nuxt's state, as JSON, and what of them could not be read.

    Never raises. Of what is broken the part before is read; a name that has no value is None, as are values that
    JSON has none for, and dates are ISO texts. O(its length).
    """
    values: list[Any] = []
    notes: list[str] = []
    at = 0
    for _ in range(_MOST_ASSIGNMENTS):
        match = _ASSIGNMENT.search(code, at)
        if match is None:
            break
        reader = _Reader(code, match.end())
        value = reader.assigned()
        at = max(reader.at, match.end())
        if isinstance(value, dict | list):
            values.append(value)
            notes += reader.notes
    notes.append(left_out_note(bound_values(values, len(code))))
    return values, "; ".join(dict.fromkeys(note for note in notes if note))


def read_text(code: str, start: int) -> tuple[str, int, bool]:
    """Returns the text whose opening quote stands there, where it ends, and whether it does; O(its length)."""
    match = _TEXT[code[start]].match(code, start + 1)
    end = match.end() if match else start + 1
    whole = end < len(code) and code[end] == code[start]
    raw = code[start + 1 : end]
    if "\\" not in raw:
        return raw, end + whole, whole
    if len(raw) > _LONG_TEXT:
        try:
            # Most are texts of JSON too, which is read many times as fast, once it is begun.
            return json.loads(f'"{raw}"', strict=False), end + whole, whole
        except ValueError:
            pass
    text = _ESCAPE.sub(_unescaped, raw)
    if "\\u" in raw:
        # Two halves of UTF-16 side by side are one character.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return text, end + whole, whole


def _unescaped(match: re.Match[str]) -> str:
    long, short, byte, one = match.groups()
    if code := long or short or byte:
        return chr(int(code, 16)) if int(code, 16) < 0x110000 else "\ufffd"
    return _ESCAPED.get(one, one) if one else ""


class _Reader:
    """Reads one value, token by token; `at` is where it has come to."""

    def __init__(self, code: str, start: int) -> None:
        self.at = start
        self.notes: list[str] = []
        self._code = code
        self._objects = 0
        # Where a name stands in what was read, for when its value is known.
        self._named: list[tuple[Any, Any, str]] = []
        # What statements add to a name's value: under which key (None: at its end), in a list of its own.
        self._added: list[tuple[str, str | int | None, list[Any]]] = []

    def assigned(self) -> Any:
        """Returns the value of a literal, or what a function that is called at once returns."""
        function = _FUNCTION.match(self._code, self.at)
        returned: list[Any] = []
        known: dict[str, Any] = {}
        if function is None:
            self._values(returned, "")
        else:
            self.at = function.end()
            names = [name.strip() for name in function[1].split(",")]
            arguments: list[Any] = []
            if not self._body(returned) or not self._call(arguments):
                arguments = self._last_arguments(len(names)) or arguments
            known = dict(zip(names, arguments, strict=False))
        self._give(known)
        for name, key, values in self._added:
            _add(known.get(name), key, values[0] if values else None)
        return returned[0] if returned else None

    def _body(self, returned: list[Any]) -> bool:
        """Reads the statements of the function and the brace that ends it; returns whether that is there."""
        while True:
            kind, token = self._next()
            if (kind, token) == ("mark", "}"):
                return True
            if (kind, token) == ("mark", ";"):
                continue
            if (kind, token) == ("word", "return"):
                whole = self._values(returned, "")
            elif kind == "word":
                whole = self._assign(token)
            elif kind == "call":
                whole = self._append(token)
            else:
                whole = self._broken()
            if not whole:
                return False

    def _assign(self, token: str) -> bool:
        """Reads the rest of `a.key=value`, `a["key"]=value` or `a[0]=value`."""
        name, _, attribute = token.partition(".")
        key: str | int = attribute
        kind, token = self._next()
        if not attribute and (kind, token) == ("mark", "["):
            kind, token = self._next()
            key = int(token) if kind == "number" and token.isdecimal() and len(token) < _LONGEST_NUMBER else token
            if kind not in ("text", "number") or self._next() != ("mark", "]"):
                return self._broken()
            kind, token = self._next()
        if (kind, token) != ("mark", "="):
            return self._broken()
        values: list[Any] = []
        self._added.append((name, key, values))
        return self._values(values, "")

    def _append(self, token: str) -> bool:
        """Reads the rest of `a.add(value).add(value)` of a set, or `a.set(key,value)` of a map."""
        name, _, method = token.rpartition(".")
        while method in ("add", "set"):
            arguments: list[Any] = []
            self._added.append((name, None, arguments if method == "add" else [arguments]))
            if not self._values(arguments, ")"):
                return False
            before = self.at
            if self._next() != ("mark", "."):
                self.at = before
                return True
            _, method = self._next()
        return self._broken()

    def _call(self, arguments: list[Any]) -> bool:
        """Reads the arguments, before which a bracket may close the function; returns whether they were whole."""
        token = self._next()
        if token == ("mark", ")"):
            token = self._next()
        return self._values(arguments, ")") if token == ("mark", "(") else self._broken()

    def _last_arguments(self, count: int) -> list[Any]:
        """Returns what stands behind the last brace of the script, where these are as many values as names."""
        start = max(self._code.rfind("}("), self._code.rfind("})("))
        told = len(self.notes)
        arguments: list[Any] = []
        self.at = max(self.at, start + 1)
        whole = start >= 0 and self._call(arguments)
        del self.notes[told:]
        return arguments if whole and len(arguments) == count else []

    def _give(self, known: dict[str, Any]) -> None:
        """Puts values in the places of their names."""
        lost = 0
        for holder, key, name in self._named:
            holder[key] = known.get(name)
            lost += name not in known
        if lost:
            are = "1 value is a name" if lost == 1 else f"{lost:,} values are names"
            self.notes.append(f"{are} whose meaning the script does not tell")

    def _values(self, root: list[Any], closing: str) -> bool:
        """Reads values with commas between them up to the closing mark, or one where it is empty.

        Puts them into the list. Returns whether they were whole; the list has what stands before what is not.
        """
        frames: list[tuple[Any, str, str, tuple[Any, Any]]] = [(root, closing, "", (None, None))]
        key: str | None = None
        begun = True  # a list, or anew behind a comma: another comma means a gap
        while True:
            kind, token = self._next()
            holder, closing, call, place = frames[-1]
            mark = token if kind == "mark" and key is None else ""
            if mark and mark == closing:
                frames.pop()
                if call:
                    place[0][place[1]] = _value_of(call, holder)
                begun = False
            elif mark == "," and closing:
                if begun and isinstance(holder, list):
                    holder.append(None)
                begun = True
            elif isinstance(holder, dict) and key is None:
                if kind == "mark" or not kind or kind == "call":
                    return self._broken()
                if self._follows(":"):
                    key = token
                else:  # {a} is {a: a}
                    self._put(holder, token, "word", token)
                    begun = False
                continue
            elif kind == "call" or (kind == "mark" and token in _OPENING):
                self._objects += 1
                if self._objects > MAX_OBJECTS:
                    self.notes.append(f"a script holds more than {MAX_OBJECTS:,} objects and lists; read up to there")
                    return False
                call = token if kind == "call" else ""
                made, closing = (list, ")") if call else _OPENING[token]
                new = made()
                # What a call makes is known once it is closed.
                frames.append((new, closing, call, self._put(holder, key, "", None if call else new)))
                key, begun = None, True
                continue
            elif kind and kind != "mark":
                self._put(holder, key, kind, token)
                key, begun = None, False
            else:
                return self._broken()
            if not frames or (len(frames) == 1 and not frames[0][1]):
                return True

    def _put(self, holder: Any, key: str | None, kind: str, value: Any) -> tuple[Any, Any]:
        """Puts a value, or what a token of a kind means, into an object or at the end of a list; returns where."""
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
            self._named.append((holder, place, value))
            value = None
        holder[place] = value
        return holder, place

    def _next(self) -> tuple[str, str]:
        """Returns the kind of the next token and what it says; two empty texts where there is none."""
        match = _TOKEN.match(self._code, self.at)
        if match is None:
            return "", ""
        if match["quote"] is None:
            self.at = match.end()
            kind = match.lastgroup or ""
            return kind, match[kind]
        text, end, _ = read_text(self._code, match.end() - 1)
        self.at = end
        # A text that does not end is read all the same: the end of the code comes next.
        return "text", text

    def _follows(self, mark: str) -> bool:
        before = self.at
        if self._next() == ("mark", mark):
            return True
        self.at = before
        return False

    def _broken(self) -> bool:
        """Notes that what stands here is no literal; returns False."""
        at, size = min(self.at, len(self._code)), len(self._code)
        self.notes.append(
            f"the data of a script is broken, cut off or no plain value at character {at:,} of {size:,}; "
            "what stands before is read"
        )
        return False


def _number(token: str) -> int | float | None:
    text = token.rstrip("n").lower()
    if len(text) > _LONGEST_NUMBER:
        return None
    if "0x" in text:
        return int(text, 16)
    number = float(text)
    return int(text) if text.lstrip("-").isdecimal() else number if abs(number) != float("inf") else None


def _value_of(call: str, arguments: list[Any]) -> Any:
    """Returns what a call makes, of those that write out values; for others their first argument."""
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
