#!/usr/bin/env python3
"""The second reader against the first one, and against damage.

  reader_test.py --bin FOLDER      where kontord and kontor lie
"""

import argparse
import base64
import copy
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import programs as running  # noqa: E402
import read_pages as pages  # noqa: E402

SCHEMA = running.ROOT / "events" / "schema"
BIN = None


def read(data, kinds=None):
    reader = pages.Reader(bytes(data), kinds)
    reader.run()
    return reader.summary()


class Log(unittest.TestCase):
    """A log that the real programs made, and its pages exported by them."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="kontor-reader-")
        cls.data = pathlib.Path(cls.folder.name) / "data"
        cls.programs = running.Programs(BIN)
        running.trade(cls.programs, cls.data, running.TRADE)
        cls.kinds = pages.kinds_of_schema(SCHEMA)
        cls.exported = {}
        for name in ("0", "north"):
            path = pathlib.Path(cls.folder.name) / f"{name}.pages"
            cls.programs.kontor("--book", name, "export", "pages", "--data", cls.data, "--out",
                                path)
            cls.exported[name] = path.read_bytes()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_both_readers_say_the_same_of_every_book(self):
        verified = self.programs.kontor_json("verify", "--data", self.data)
        self.assertTrue(verified["sound"])
        sums = {"pages": 0, "decisions": 0, "events": 0, "bytes": 0}
        for book in verified["books"]:
            found = read(self.exported["0" if book["number"] == 0 else book["book"]], self.kinds)
            self.assertTrue(found["whole"])
            for field in ("pages", "decisions", "events", "bytes", "tree_root"):
                self.assertEqual(found[field], book[field], field)
            self.assertEqual(found["last_sequence"], book["events"])
            for field in sums:
                sums[field] += found[field]
        self.assertEqual(sums, {field: verified[field] for field in sums})
        self.assertEqual(len(verified["books"]), 2)

    def test_a_server_tells_the_pages_that_lie_in_its_folder_and_its_state_follows_from_them(self):
        folder = pathlib.Path(self.folder.name)
        beside, told = folder / "beside", folder / "told.pages"
        shutil.copytree(self.data, beside)
        with running.Server(self.programs, beside) as server:
            self.programs.kontor("--server", server.address, "export", "pages", "--out", told)
            verified = self.programs.kontor_json("--server", server.address, "verify")
        self.assertEqual(told.read_bytes(), self.exported["north"])
        self.assertTrue(verified["sound"])
        found = read(self.exported["north"], self.kinds)
        self.assertEqual([book["book"] for book in verified["books"]], ["north"])
        book = verified["books"][0]
        self.assertTrue(book["compared"])
        for field in ("pages", "decisions", "events", "bytes", "tree_root"):
            self.assertEqual(found[field], book[field], field)

    def test_the_server_counted_its_own_starts(self):
        found = read(self.exported["0"], self.kinds)
        starts = len(running.TRADE)
        self.assertEqual(found["epochs"], list(range(1, starts + 1)))
        self.assertEqual(found["events_by_kind"]["LogClaimed"], starts)

    def test_what_was_refused_is_counted(self):
        found = read(self.exported["north"], self.kinds)
        self.assertEqual(found["refusals"], found["events_by_kind"]["CommandRefused"])
        self.assertGreater(found["refusals"], 1)
        self.assertGreater(found["events_by_kind"]["OrderPlaced"], 3)

    def test_pages_of_the_middle_are_read_without_their_tree(self):
        data = self.exported["north"]
        first = pages.Reader(data, self.kinds).page_header(0)
        found = read(data[first["header_bytes"] + first["stored_bytes"]:], self.kinds)
        self.assertFalse(found["whole"])
        self.assertEqual(found["tree_root"], read(data)["tree_root"])

    def test_the_program_says_where_the_first_fault_is(self):
        path = pathlib.Path(self.folder.name) / "damaged.pages"
        data = bytearray(self.exported["north"])
        data[300] ^= 1
        path.write_bytes(data)
        done = subprocess.run(
            [sys.executable, "-B", pages.__file__, path, "--schema", SCHEMA, "--json"],
            capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 4)
        self.assertEqual(json.loads(done.stdout)["offset"], 256)
        self.assertIn("byte 256: book 1, page 1: body checksum differs", done.stderr)

    # ---- damage ---------------------------------------------------------------------------------

    def fault(self, data, kinds=None):
        with self.assertRaises(pages.Fault) as raised:
            read(data, kinds)
        return raised.exception

    def page_begins(self, data):
        reader = pages.Reader(data)
        at = 0
        begins = []
        while at < len(data):
            begins.append(at)
            page = reader.page_header(at)
            at += page["header_bytes"] + page["stored_bytes"]
        return begins

    def test_every_flipped_bit_of_a_header_and_every_flipped_byte_of_a_body_is_found(self):
        data = self.exported["north"]
        begins = self.page_begins(data) + [len(data)]
        page = min((data[a:b] for a, b in zip(begins[1:], begins[2:])), key=len)
        self.assertEqual(read(page)["pages"], 1)
        for at in range(len(page)):
            for bit in range(8) if at < pages.PAGE_HEADER_BYTES else (at % 8,):
                damaged = bytearray(page)
                damaged[at] ^= 1 << bit
                with self.subTest(at=at, bit=bit):
                    self.fault(damaged)

    def reseal(self, page):
        """The page with checksums that fit again: what a hand, not a disk, would do."""
        page[16:20] = struct.pack("<I", pages.crc32c(page[256:]))
        page[12:16] = bytes(4)
        page[12:16] = struct.pack("<I", pages.crc32c(page[:256]))
        return page

    def resealed(self, index, at, value):
        """The whole export, one page of it changed at an offset and sealed again."""
        data = self.exported["north"]
        begins = self.page_begins(data) + [len(data)]
        page = bytearray(data[begins[index]:begins[index + 1]])
        page[at:at + len(value)] = value
        return data[:begins[index]] + self.reseal(page) + data[begins[index + 1]:]

    def test_every_field_of_a_page_header_is_checked_behind_its_checksum(self):
        at = 0
        for name, kind in pages.PAGE_FIELDS:
            size = struct.calcsize("<" + kind)
            # Checksums are put right by reseal. The format may be higher, of what it changes nothing
            # is known; page 3 of a log knows nothing of generations and epochs to come, of commits
            # in between, or how much was durable.
            if name not in ("header_crc", "body_crc", "format", "generation", "epoch", "commit",
                            "durable_watermark", "reader_min"):
                good = self.resealed(2, at, b"")
                begin = self.page_begins(good)[2]
                value = bytearray(good[begin + at:begin + at + size])
                value[0] ^= 1
                with self.subTest(field=name):
                    self.fault(self.resealed(2, at, value))
            at += size

    def test_counters_that_fall_are_found(self):
        data = self.exported["north"]
        last = len(self.page_begins(data)) - 1
        for name, at, size in (("generation", 52, 4), ("epoch", 56, 8), ("commit", 64, 8),
                               ("reader_min", 6, 2), ("format", 4, 2)):
            value = bytes(size) if name != "reader_min" else b"\x02\x00"
            with self.subTest(field=name):
                self.assertIn({"reader_min": "later version"}.get(name, name + " 0"),
                              self.fault(self.resealed(last, at, value)).what)
        for name, at in (("epoch", 56), ("commit", 64)):
            with self.subTest(field=name):
                what = self.fault(self.resealed(last, at, struct.pack("<Q", 1))).what
                self.assertIn(f"{name} 1 follows", what)
        self.assertIn("watermark falls", self.fault(self.resealed(last, 80, bytes(8))).what)
        self.assertIn("watermark is not below",
                      self.fault(self.resealed(last, 80, b"\xff" * 7 + b"\x7f")).what)

    def test_every_field_of_a_decision_is_in_the_root(self):
        at = pages.PAGE_HEADER_BYTES
        for name, kind in pages.DECISION_FIELDS:
            size = struct.calcsize("<" + kind)
            good = self.resealed(1, 0, b"")
            begin = self.page_begins(good)[1]
            value = bytearray(good[begin + at:begin + at + size])
            value[0] ^= 0x40 if name.endswith("_bytes") else 1
            with self.subTest(field=name):
                self.fault(self.resealed(1, at, value))
            at += size

    def test_pages_that_are_missing_doubled_or_swapped_are_found(self):
        data = self.exported["north"]
        begins = self.page_begins(data) + [len(data)]
        cut = [data[a:b] for a, b in zip(begins, begins[1:])]
        self.assertGreater(len(cut), 4)
        self.assertEqual(read(b"".join(cut))["pages"], len(cut))
        self.assertIn("follows page 2", self.fault(b"".join(cut[:2] + cut[3:])).what)
        self.assertIn("follows page 3", self.fault(b"".join(cut[:3] + cut[2:])).what)
        swapped = copy.copy(cut)
        swapped[1], swapped[2] = swapped[2], swapped[1]
        self.fault(b"".join(swapped))
        self.assertIn("follows a page of book 0", self.fault(self.exported["0"] + data).what)

    def test_a_file_that_ends_inside_a_page_is_cut_off(self):
        data = self.exported["north"]
        begin = self.page_begins(data)[-1]
        for end in (begin + 1, begin + 255, begin + 256, len(data) - 1):
            with self.subTest(end=end):
                fault = self.fault(data[:end])
                self.assertIn("cut off", fault.what)
                self.assertGreaterEqual(fault.at, begin)

    def test_an_unknown_kind_stops_the_reader(self):
        fewer = {"command": self.kinds["command"],
                 "event": {n: k for n, k in self.kinds["event"].items() if k != "OrderPlaced"}}
        self.assertIn("unknown kind", self.fault(self.exported["north"], fewer).what)


class Checksum(unittest.TestCase):
    def test_has_the_values_of_rfc_3720(self):
        self.assertEqual(pages.crc32c(b"123456789"), 0xE3069283)
        self.assertEqual(pages.crc32c(bytes(32)), 0x8A9136AA)
        self.assertEqual(pages.crc32c(b"\xff" * 32), 0x62A8AB43)
        self.assertEqual(pages.crc32c(bytes(range(32))), 0x46DD794E)


def root_of_inclusion(index, size, leaf, proof):
    """The root an audit path leads to, by RFC 6962's recursion; None: it does not fit."""
    if index >= size:
        return None
    if size == 1:
        return leaf if not proof else None
    left = 1 << ((size - 1).bit_length() - 1)
    if not proof:
        return None
    if index < left:
        below = root_of_inclusion(index, left, leaf, proof[:-1])
        return below and pages.node_hash(below, proof[-1])
    below = root_of_inclusion(index - left, size - left, leaf, proof[:-1])
    return below and pages.node_hash(proof[-1], below)


def roots_of_consistency(old, size, proof, old_root, whole=True):
    """The older and the newer root a consistency proof leads to; None: it does not fit."""
    if old == size:
        if whole:
            return (old_root, old_root) if not proof else None
        return (proof[0], proof[0]) if len(proof) == 1 else None
    if not proof:
        return None
    left = 1 << ((size - 1).bit_length() - 1)
    if old <= left:
        below = roots_of_consistency(old, left, proof[:-1], old_root, whole)
        return below and (below[0], pages.node_hash(below[1], proof[-1]))
    below = roots_of_consistency(old - left, size - left, proof[:-1], old_root, False)
    return below and (pages.node_hash(proof[-1], below[0]), pages.node_hash(proof[-1], below[1]))


class PublishedVectors(unittest.TestCase):
    """The reader's own hashes against proofs that others published."""

    def rows(self, name):
        folder = os.environ.get("KONTOR_TEST_DATA", running.ROOT.parent / "shared" / "data")
        path = pathlib.Path(folder) / "merkle" / name
        if not path.exists():
            if os.environ.get("KONTOR_REQUIRE_DATA") == "1":
                self.fail(f"no {path}")
            self.skipTest(f"no {path}")
        return [json.loads(line) for line in path.read_text().splitlines()]

    def hashes(self, row):
        return [base64.b64decode(text) for text in row or []]

    def test_of_inclusion(self):
        rows = self.rows("inclusion.jsonl")
        self.assertEqual(len(rows), 86)
        for row in rows:
            leaf, root = self.hashes([row["leafHash"] or "", row["root"] or ""])
            proof = self.hashes(row["proof"])
            good = all(len(value) == 32 for value in [leaf, root, *proof])
            good = good and root_of_inclusion(row["leafIdx"], row["treeSize"], leaf, proof) == root
            self.assertEqual(good, not row["wantErr"], row["file"])

    def test_of_consistency(self):
        rows = self.rows("consistency.jsonl")
        self.assertEqual(len(rows), 98)
        for row in rows:
            roots = self.hashes([row["root1"] or "", row["root2"] or ""])
            proof = self.hashes(row["proof"])
            old, size = row["size1"], row["size2"]
            good = 0 < old <= size
            good = good and roots_of_consistency(old, size, proof, roots[0]) == tuple(roots)
            self.assertEqual(good, not row["wantErr"], row["file"])

    def test_of_the_growing_tree(self):
        inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                  "606162636465666768696a6b6c6d6e6f"]
        roots = set()
        tree = pages.Tree()
        for data in inputs:
            tree.append(pages.leaf_hash(bytes.fromhex(data)))
            roots.add(base64.b64encode(tree.root()).decode())
        self.assertEqual(tree.root().hex(),
                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")
        # What the vectors call the root of so many leaves is what this tree had then.
        published = {row["root1"] for row in self.rows("consistency.jsonl") if not row["wantErr"]}
        published |= {row["root2"] for row in self.rows("consistency.jsonl") if not row["wantErr"]}
        self.assertGreater(len(published & roots), 3)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    options, rest = parser.parse_known_args()
    BIN = options.bin
    unittest.main(argv=[sys.argv[0], *rest])
