#!/usr/bin/env python3
"""Reads exported pages of one book by events/FORMAT.md alone, and checks all they promise.

  read_pages.py FILE [--schema FOLDER] [--json]

FILE is what `kontor export pages` wrote; from page 1 on it is checked wholly, from a later page on
all but the tree. FOLDER (events/schema) tells the names of kinds; a kind it does not have is a fault.
Nothing of Kontor's own code is used, and nothing but Python's standard library. Bodies (FlatBuffers)
are measured, counted and hashed, not looked into.

Exit status: 0 sound, 2 wrong usage, 4 the first fault, with its position.
"""

import argparse
import hashlib
import json
import pathlib
import re
import struct
import sys
import unicodedata

PAGE_FORMAT = 1
DECISION_FORMAT = 1
PAGE_HEADER_BYTES = 256
PAGE_HEADER_BYTES_MAX = 65536
DECISION_HEADER_BYTES = 112
EVENT_HEADER_BYTES = 16
IDENTIFIER_BYTES_MAX = 64
ALL_ONES = 0xFFFF_FFFF_FFFF_FFFF


class Fault(Exception):
    """The first thing that is not as FORMAT.md says; `at` is an offset in the file."""

    def __init__(self, at, what):
        super().__init__(what)
        self.at = at
        self.what = what


# ---- CRC32C of RFC 3720: reflected polynomial of 0x1EDC6F41 -------------------------------------


def _crc32c_table():
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


CRC32C_TABLE = _crc32c_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    table = CRC32C_TABLE
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


# ---- the tree of RFC 6962 section 2.1 -----------------------------------------------------------


def leaf_hash(data):
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A growing tree: the roots of its complete subtrees, the largest first, with their sizes."""

    def __init__(self):
        self.size = 0
        self.subtrees = []

    def append(self, leaf):
        self.size += 1
        leaves = 1
        while self.subtrees and self.subtrees[-1][0] == leaves:
            leaf = node_hash(self.subtrees.pop()[1], leaf)
            leaves *= 2
        self.subtrees.append((leaves, leaf))

    def root(self):
        if not self.subtrees:
            return hashlib.sha256(b"").digest()
        root = self.subtrees[-1][1]
        for _, left in reversed(self.subtrees[:-1]):
            root = node_hash(left, root)
        return root


# ---- fields -------------------------------------------------------------------------------------

# name, struct format; in the order of FORMAT.md's tables, without gaps
PAGE_FIELDS = [
    ("magic", "I"), ("format", "H"), ("reader_min", "H"), ("header_bytes", "I"),
    ("header_crc", "I"), ("body_crc", "I"), ("flags", "I"), ("raw_bytes", "I"),
    ("stored_bytes", "I"), ("codec", "B"), ("hash", "B"), ("spare1", "2s"),
    ("encryption_key", "I"), ("tenant", "Q"), ("book", "I"), ("generation", "I"),
    ("epoch", "Q"), ("commit", "Q"), ("page_number", "Q"), ("durable_watermark", "Q"),
    ("first_sequence", "Q"), ("decision_count", "I"), ("event_count", "I"),
    ("recorded_first", "q"), ("recorded_last", "q"), ("tree_size", "Q"), ("tree_root", "32s"),
    ("spare2", "96s"),
]
DECISION_FIELDS = [
    ("bytes", "I"), ("format", "H"), ("flags", "H"), ("first_sequence", "Q"),
    ("event_count", "I"), ("command_bytes", "I"), ("recorded_at", "q"), ("effective_date", "i"),
    ("business_date", "i"), ("command_kind", "H"), ("command_version", "B"), ("outcome", "B"),
    ("principal", "I"), ("expected_version", "Q"), ("caused_by", "Q"), ("content_low", "Q"),
    ("content_high", "Q"), ("trace_id", "16s"), ("span_id", "8s"), ("trace_flags", "B"),
    ("id_bytes", "B"), ("actor_bytes", "B"), ("on_behalf_of_bytes", "B"), ("reason_bytes", "B"),
    ("correlation_id_bytes", "B"), ("spare", "2s"),
]
EVENT_FIELDS = [
    ("kind", "H"), ("version", "B"), ("flags", "B"), ("length", "I"), ("reference", "Q"),
]


def layout(fields, size):
    packed = struct.Struct("<" + "".join(kind for _, kind in fields))
    assert packed.size == size, (packed.size, size)
    return packed, [name for name, _ in fields]


PAGE_LAYOUT = layout(PAGE_FIELDS, PAGE_HEADER_BYTES)
DECISION_LAYOUT = layout(DECISION_FIELDS, DECISION_HEADER_BYTES)
EVENT_LAYOUT = layout(EVENT_FIELDS, EVENT_HEADER_BYTES)


def unpack(of, data, at):
    packed, names = of
    return dict(zip(names, packed.unpack_from(data, at)))


def padded(count):
    return (count + 7) // 8 * 8


def is_text(data, more_allowed):
    """Well-formed UTF-8 without control characters but those in `more_allowed`."""
    try:
        text = data.decode("utf-8", "strict")
    except UnicodeDecodeError:
        return False
    return all(unicodedata.category(c) != "Cc" or c in more_allowed for c in text)


def kinds_of_schema(folder):
    """{"command": {number: name}, "event": {number: name}} from the attributes of tables."""
    kinds = {"command": {}, "event": {}}
    pattern = re.compile(r"^table\s+(\w+)\s*\(\s*(command|event)\s*:\s*(\d+)", re.MULTILINE)
    for path in sorted(pathlib.Path(folder).rglob("*.fbs")):
        for name, what, number in pattern.findall(path.read_text(encoding="utf-8")):
            kinds[what][int(number)] = name
    if not kinds["command"] or not kinds["event"]:
        raise OSError(f"{folder}: no table with a `command` or `event` number")
    return kinds


# ---- reading ------------------------------------------------------------------------------------


class Reader:
    def __init__(self, data, kinds=None):
        self.data = data
        self.kinds = kinds
        self.tree = Tree()
        self.last = None  # header of the page before
        self.from_first = True
        self.pages = 0
        self.decisions = 0
        self.refusals = 0
        self.commands = {}
        self.events = {}
        self.events_by_decision = 0
        self.epochs = set()

    def run(self):
        at = 0
        while at < len(self.data):
            at = self.page(at)

    def where(self, page):
        return f"book {page['book']}, page {page['page_number']}"

    def page(self, at):
        page = self.page_header(at)
        begin = at + page["header_bytes"]
        end = begin + page["stored_bytes"]
        body = self.data[begin:end]
        if crc32c(body) != page["body_crc"]:
            raise Fault(begin, f"{self.where(page)}: body checksum differs")
        self.follows(page, at)
        self.page_decisions(page, at, begin, end)
        if self.from_first:
            if self.tree.size != page["tree_size"]:
                raise Fault(at + 120, f"{self.where(page)}: tree size is {page['tree_size']}, "
                                      f"not {self.tree.size}")
            if self.tree.root() != page["tree_root"]:
                raise Fault(at + 128, f"{self.where(page)}: tree root differs")
        self.pages += 1
        self.epochs.add(page["epoch"])
        self.last = page
        return end

    def page_header(self, at):
        left = len(self.data) - at
        if left < PAGE_HEADER_BYTES:
            raise Fault(at, f"cut off: {left} bytes where a page header has {PAGE_HEADER_BYTES}")
        page = unpack(PAGE_LAYOUT, self.data, at)
        if page["magic"] != 0x5052544B:
            raise Fault(at, "no page begins here: it has no KTRP")
        header_bytes = page["header_bytes"]
        if not PAGE_HEADER_BYTES <= header_bytes <= PAGE_HEADER_BYTES_MAX or header_bytes % 8:
            raise Fault(at + 8, f"a page header of {header_bytes} bytes")
        if header_bytes > left:
            raise Fault(at + 8, f"cut off inside a page header of {header_bytes} bytes")
        header = bytearray(self.data[at:at + header_bytes])
        header[12:16] = bytes(4)
        if crc32c(header) != page["header_crc"]:
            raise Fault(at + 12, "header checksum differs")
        self.check_page_header(page, at, left)
        return page

    def check_page_header(self, page, at, left):
        """What stands in a header that is not damaged."""
        def need(good, offset, what):
            if not good:
                raise Fault(at + offset, f"{self.where(page)}: {what}")

        need(page["reader_min"] <= PAGE_FORMAT, 6,
             f"is for readers of format {page['reader_min']}: of a later version")
        for field, offset, known in (("codec", 32, 0), ("hash", 33, 1), ("encryption_key", 36, 0)):
            need(page[field] == known, offset, f"{field} {page[field]}: of a later version")
        need(page["raw_bytes"] == page["stored_bytes"], 24, "raw and stored size differ")
        need(page["stored_bytes"] % 8 == 0, 28, "size of the body is not a multiple of 8")
        need(page["header_bytes"] + page["stored_bytes"] <= left, 28, "cut off inside the body")
        if page["format"] <= PAGE_FORMAT:
            need(page["format"] != 0, 4, "format 0")
            need(page["flags"] == 0, 20, "flags in use")
            need(not any(page["spare1"]), 34, "spare bytes in use")
            need(not any(page["spare2"]), 160, "spare bytes in use")
            need(page["header_bytes"] == PAGE_HEADER_BYTES, 8, "header bytes beyond 256")
            need(page["tenant"] == 0, 40, f"tenant {page['tenant']}")
        need(page["generation"] > 0, 52, "generation 0")
        need(page["epoch"] > 0, 56, "epoch 0")
        need(page["commit"] > 0, 64, "commit 0")
        need(page["page_number"] > 0, 72, "page number 0")
        need(page["durable_watermark"] < page["first_sequence"], 80,
             "durable watermark is not below the first sequence")
        need(page["decision_count"] > 0, 96, "no decisions")

    def follows(self, page, at):
        """What a page says against the one before it in the book."""
        def need(good, offset, what):
            if not good:
                raise Fault(at + offset, f"{self.where(page)}: {what}")

        last = self.last
        if last is None:
            self.from_first = page["page_number"] == 1
            if self.from_first:
                need(page["first_sequence"] == 1, 88, "the first page does not begin at sequence 1")
            return
        need(page["book"] == last["book"], 48, f"follows a page of book {last['book']}")
        need(page["page_number"] == last["page_number"] + 1, 72,
             f"follows page {last['page_number']}")
        need(page["generation"] >= last["generation"], 52,
             f"generation {page['generation']} follows {last['generation']}")
        need(page["epoch"] >= last["epoch"], 56, f"epoch {page['epoch']} follows {last['epoch']}")
        need(page["commit"] > last["commit"], 64,
             f"commit {page['commit']} follows {last['commit']}")
        need(page["durable_watermark"] >= last["durable_watermark"], 80, "durable watermark falls")
        due = last["first_sequence"] + last["event_count"]
        need(page["first_sequence"] == due, 88,
             f"first sequence is {page['first_sequence']}, not {due}")
        need(page["recorded_first"] > last["recorded_last"], 104,
             "recorded before the page in front of it")
        due = last["tree_size"] + page["decision_count"]
        need(page["tree_size"] == due, 120, f"tree size is {page['tree_size']}, not {due}")

    def page_decisions(self, page, page_at, at, end):
        sequence = page["first_sequence"]
        recorded = None
        for index in range(page["decision_count"]):
            where = f"{self.where(page)}, decision {index}"
            decision, size = self.decision(at, end, where)
            if decision["first_sequence"] != sequence:
                raise Fault(at + 8, f"{where}: first sequence is {decision['first_sequence']}, "
                                    f"not {sequence}")
            if recorded is None and decision["recorded_at"] != page["recorded_first"]:
                raise Fault(page_at + 104, f"{where}: is not recorded when the header says")
            if recorded is not None and decision["recorded_at"] <= recorded:
                raise Fault(at + 24, f"{where}: is recorded out of order")
            sequence += decision["event_count"]
            recorded = decision["recorded_at"]
            self.tree.append(leaf_hash(self.data[at:at + size]))
            at += size
        if at != end:
            raise Fault(at, f"{self.where(page)}: {end - at} bytes after the last decision")
        if sequence - page["first_sequence"] != page["event_count"]:
            raise Fault(page_at + 100, f"{self.where(page)}: event count differs")
        if recorded != page["recorded_last"]:
            raise Fault(page_at + 112, f"{self.where(page)}: last recorded time differs")

    def decision(self, at, page_end, where):
        if page_end - at < DECISION_HEADER_BYTES:
            raise Fault(at, f"{where}: the page ends before it")
        head = unpack(DECISION_LAYOUT, self.data, at)
        self.check_decision_header(head, at, page_end, where)
        end = at + head["bytes"]
        texts = [("id", True), ("actor", True), ("on_behalf_of", True), ("reason", False),
                 ("correlation_id", False)]
        here = at + DECISION_HEADER_BYTES
        self.take(here, sum(head[name + "_bytes"] for name, _ in texts), end, f"{where}: strings")
        for name, identifier in texts:
            text = self.data[here:here + head[name + "_bytes"]]
            if not is_text(text, "" if identifier else "\t\n"):
                raise Fault(here, f"{where}: {name} is no {'identifier' if identifier else 'text'}")
            here += len(text)
        here = at + DECISION_HEADER_BYTES + padded(here - at - DECISION_HEADER_BYTES)
        here = self.take(here, head["command_bytes"], end, f"{where}: command")
        for index in range(head["event_count"]):
            here = self.event(here, end, f"{where}, event {index}")
        if here != end:
            raise Fault(here, f"{where}: {end - here} bytes after the last event")
        self.decisions += 1
        self.refusals += head["outcome"]
        self.count("command", head["command_kind"], self.commands, at + 40, where)
        return head, head["bytes"]

    def check_decision_header(self, head, at, page_end, where):
        def need(good, offset, what):
            if not good:
                raise Fault(at + offset, f"{where}: {what}")

        need(head["format"] != 0, 4, "format 0")
        need(head["format"] <= DECISION_FORMAT, 4, f"format {head['format']}: of a later version")
        need(head["bytes"] >= DECISION_HEADER_BYTES, 0, f"has {head['bytes']} bytes")
        need(head["bytes"] % 8 == 0, 0, "its length is not a multiple of 8")
        need(head["bytes"] <= page_end - at, 0, "goes beyond the end of its page")
        need(head["flags"] & ~1 == 0, 6, f"flags {head['flags']}: of a later version")
        need(head["event_count"] > 0, 16, "no events")
        need(0 < head["first_sequence"] <= ALL_ONES - head["event_count"], 8,
             f"first sequence {head['first_sequence']}")
        need(head["command_version"] == 1, 42,
             f"command version {head['command_version']}: of a later version")
        need(head["outcome"] <= 1, 43, f"outcome {head['outcome']}: of a later version")
        for offset, name in ((105, "id"), (106, "actor"), (107, "on_behalf_of")):
            need(head[name + "_bytes"] <= IDENTIFIER_BYTES_MAX, offset,
                 f"{name} of {head[name + '_bytes']} bytes")
        need(not any(head["spare"]), 110, "spare bytes in use")

    def event(self, at, end, where):
        if end - at < EVENT_HEADER_BYTES:
            raise Fault(at, f"{where}: the decision ends before it")
        head = unpack(EVENT_LAYOUT, self.data, at)
        if head["kind"] == 0:
            raise Fault(at, f"{where}: kind 0")
        if head["version"] != 1:
            raise Fault(at + 2, f"{where}: version {head['version']}: of a later version")
        if head["flags"] != 0:
            raise Fault(at + 3, f"{where}: flags {head['flags']}: of a later version")
        self.count("event", head["kind"], self.events, at, where)
        return self.take(at + EVENT_HEADER_BYTES, head["length"], end, f"{where}: body")

    def take(self, at, count, end, what):
        """Goes on over `count` bytes and their padding."""
        whole = at + padded(count)
        if whole > end:
            raise Fault(at, f"{what} goes beyond the end of its decision")
        if any(self.data[at + count:whole]):
            raise Fault(at + count, f"{what}: padding is not zero")
        return whole

    def count(self, what, number, into, at, where):
        if self.kinds is None:
            name = str(number)
        else:
            name = self.kinds[what].get(number)
            if name is None:
                raise Fault(at, f"{where}: {what} of the unknown kind {number}: of a later version")
        into[name] = into.get(name, 0) + 1

    def summary(self):
        last = self.last
        if last is None:
            return {"sound": True, "pages": 0}
        return {
            "sound": True,
            "book": last["book"],
            "whole": self.from_first,
            "pages": self.pages,
            "decisions": self.decisions,
            "refusals": self.refusals,
            "events": sum(self.events.values()),
            "last_sequence": last["first_sequence"] + last["event_count"] - 1,
            "bytes": len(self.data),
            "epochs": sorted(self.epochs),
            "last_commit": last["commit"],
            "tree_size": last["tree_size"],
            "tree_root": last["tree_root"].hex(),
            "commands_by_kind": dict(sorted(self.commands.items())),
            "events_by_kind": dict(sorted(self.events.items())),
        }


def print_text(summary):
    if summary["pages"] == 0:
        print("sound: no pages")
        return
    checked = "and every hash and root is right" if summary["whole"] else "hashes not checked"
    print(f"sound: book {summary['book']}, {summary['pages']} pages, {summary['decisions']} decisions "
          f"({summary['refusals']} refused), {summary['events']} events, {checked}")
    print(f"root {summary['tree_root']} of {summary['tree_size']} decisions")
    for name, count in summary["events_by_kind"].items():
        print(f"{count:>10} {name}")


def main():
    parser = argparse.ArgumentParser(
        description="Reads exported pages by events/FORMAT.md alone and checks them.",
        epilog="Exit status 4, with the position, at the first fault.")
    parser.add_argument("file")
    parser.add_argument("--schema", help="events/schema, for the names of kinds")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    try:
        data = pathlib.Path(options.file).read_bytes()
        kinds = kinds_of_schema(options.schema) if options.schema else None
    except OSError as error:
        print(f"read_pages: {error}", file=sys.stderr)
        return 2
    reader = Reader(data, kinds)
    try:
        reader.run()
    except Fault as fault:
        if options.json:
            print(json.dumps({"sound": False, "offset": fault.at, "finding": fault.what}))
        print(f"read_pages: {options.file}: byte {fault.at}: {fault.what}", file=sys.stderr)
        return 4
    if options.json:
        print(json.dumps(reader.summary()))
    else:
        print_text(reader.summary())
    return 0


if __name__ == "__main__":
    sys.exit(main())
