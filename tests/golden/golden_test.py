#!/usr/bin/env python3
"""Logs of every release, kept as they were written, and what each must always say.

  golden_test.py --bin FOLDER                 hold every release against what is kept
  golden_test.py --bin FOLDER --make NAME     keep a log of this build as the release NAME
  golden_test.py --bin FOLDER --redigest      the state is saved in another form: keep its digests anew

FOLDER has kontord and kontor; `ops/golden` builds them and calls this. A release is a folder here:

  data/          a data folder as kill -9 left it after the trade of ops/demo.d and comes-back.jsonl,
                 a writer for each file
  schema.bfbs    events/schema as it was (tests/events/schema/promises_test.cc)
  api.bfbs       api/schema as it was (tests/api/promises_test.cc)
  expected.json  per book counts, root and digest; the number of the form of the state; answers

Counts, roots and answers are for ever; an answer may only get more fields. A digest is of the state as
this version saves it: where that form changes, and counts, roots and answers hold, --redigest.
"""

import argparse
import json
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
GOLDEN = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(GOLDEN.parent / "reader"))
import programs as running  # noqa: E402
import read_pages as pages  # noqa: E402

BIN = None
# Of a log's RocksDB, what is not the log: diaries, settings, the lock.
NOT_THE_LOG = re.compile(r"^(LOG.*|OPTIONS-.*|LOCK)$")
QUESTIONS = [
    "get order A-1001", "get order B-2001", "get order B-2002", "get order C-3001",
    "get account ahrens", "get account brandt", "get account clausen", "get company brandt",
    "get invoice B-2001-1", "get invoice C-3001-1", "get payment P-7001", "get payment P-7002",
    "get stock DRILL-18V", "get stock SCREW-4X40", "get item CABLE-3G15", "get buyer lena",
    "get rule brandt-watch", "get terms net-30", "list orders", "list invoices", "list holds",
    "list backorders", "list credit_notes", "get credit_note CN-1", "get credit_note CN-2",
    "get payment P-7003", "why B-2002",
]


def releases():
    return sorted(path for path in GOLDEN.iterdir() if (path / "data").is_dir())


def expected_of(release):
    return json.loads((release / "expected.json").read_text(encoding="utf-8"))


def write_expected(release, expected):
    text = json.dumps(expected, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    (release / "expected.json").write_text(text, encoding="utf-8")


def books_of(programs, data):
    return programs.kontor_json("verify", "--data", data)["books"]


def state_format(programs, data):
    return programs.kontor_json("replay", "--data", data)["state_format"]


def answers_of(programs, data, questions):
    """What a server says that starts on a copy of the folder."""
    with tempfile.TemporaryDirectory(prefix="kontor-golden-") as scratch:
        copied = pathlib.Path(scratch) / "data"
        shutil.copytree(data, copied)
        with running.Server(programs, copied) as server:
            words = ["--server", server.address, "--book", "north"]
            return {question: [json.loads(line) for line in programs.kontor(
                "--json", *words, *question.split()).splitlines()] for question in questions}


def without_digests(books):
    return [{name: value for name, value in book.items() if name != "digest"} for book in books]


def missing(kept, found, where=""):
    """The first place where `found` does not say what `kept` says; None: it says all of it."""
    if isinstance(kept, dict) and isinstance(found, dict):
        for name, value in kept.items():
            if name not in found:
                return f"{where}.{name} is gone"
            different = missing(value, found[name], f"{where}.{name}")
            if different:
                return different
        return None
    if isinstance(kept, list) and isinstance(found, list):
        if len(kept) != len(found):
            return f"{where} has {len(found)} rows, not {len(kept)}"
        for index, (value, other) in enumerate(zip(kept, found)):
            different = missing(value, other, f"{where}[{index}]")
            if different:
                return different
        return None
    return None if kept == found else f"{where} is {found!r}, not {kept!r}"


class Golden(unittest.TestCase):
    def test_there_are_releases(self):
        self.assertGreaterEqual(len(releases()), 1)

    def test_every_log_replays_to_its_digests_and_has_its_counts_and_roots(self):
        programs = running.Programs(BIN)
        for release in releases():
            with self.subTest(release=release.name):
                kept = expected_of(release)["books"]
                found = books_of(programs, release / "data")
                self.assertIsNone(missing(without_digests(kept), found))
                replayed = programs.kontor_json("replay", "--digest", "--data", release / "data")
                self.assertEqual([book["digest"] for book in replayed["books"]],
                                 [book["digest"] for book in kept],
                                 "the state differs; if only the form it is saved in was changed: "
                                 "raise kStateFormat (projections/state_format.h), ops/golden --redigest")
                self.assertEqual(replayed["state_format"],
                                 expected_of(release)["state_format"])
                self.assertEqual([book["digest"] for book in found],
                                 [book["digest"] for book in kept])

    def test_every_log_is_sound_for_the_second_reader(self):
        programs = running.Programs(BIN)
        for release in releases():
            for book in expected_of(release)["books"]:
                with self.subTest(release=release.name, book=book["book"]), \
                        tempfile.NamedTemporaryFile(prefix="kontor-golden-") as file:
                    programs.kontor("--book", book["book"], "export", "pages", "--data",
                                    release / "data", "--out", file.name)
                    reader = pages.Reader(pathlib.Path(file.name).read_bytes())
                    reader.run()
                    self.assertEqual(reader.summary()["tree_root"], book["tree_root"])
                    self.assertEqual(reader.summary()["events"], book["events"])

    def test_every_log_answers_as_it_did(self):
        programs = running.Programs(BIN)
        for release in releases():
            with self.subTest(release=release.name):
                kept = expected_of(release)["answers"]
                self.assertIsNone(missing(kept, answers_of(programs, release / "data", kept)))

    def test_what_an_answer_lost_is_found(self):
        self.assertIsNone(missing({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2, "c": 3}], "d": 4}))
        self.assertEqual(missing({"a": [{"b": 2}]}, {"a": [{}]}), ".a[0].b is gone")
        self.assertEqual(missing({"a": 2}, {"a": 3}), ".a is 3, not 2")
        self.assertEqual(missing({"a": []}, {"a": [1]}), ".a has 1 rows, not 0")


def make(programs, name, schemas):
    release = GOLDEN / name
    if not re.fullmatch(r"[a-z0-9.-]+", name):
        sys.exit(f"golden: {name!r} is no name of a release: small letters, digits, '-' and '.'")
    if (release / "data").exists():
        sys.exit(f"golden: {release} is there; a release's log is never changed")
    with tempfile.TemporaryDirectory(prefix="kontor-golden-") as scratch:
        data = pathlib.Path(scratch) / "data"
        running.trade(programs, data, running.TRADE[:-1])
        with running.Server(programs, data) as server:
            running.tell(programs, server, running.TRADE[-1])
            shutil.copytree(data, release / "data")  # as a kill would leave it: nothing flushed
    for path in (release / "data").rglob("*"):
        if path.is_file() and NOT_THE_LOG.match(path.name):
            path.unlink()
    for kept, built in (("schema.bfbs", "kontor.bfbs"), ("api.bfbs", "api.bfbs")):
        if not (release / kept).exists():
            shutil.copy(pathlib.Path(schemas) / built, release / kept)
    write_expected(release, {"books": books_of(programs, release / "data"),
                             "answers": answers_of(programs, release / "data", QUESTIONS),
                             "state_format": state_format(programs, release / "data")})
    print(f"kept {release.relative_to(running.ROOT)}")


def redigest(programs):
    for release in releases():
        kept = expected_of(release)
        found = books_of(programs, release / "data")
        different = missing(without_digests(kept["books"]), found) or missing(
            kept["answers"], answers_of(programs, release / "data", kept["answers"]))
        if different:
            sys.exit(f"golden: {release.name}: {different}; that is another state, not another form")
        for book, new in zip(kept["books"], found):
            book["digest"] = new["digest"]
        number = state_format(programs, release / "data")
        if number <= kept["state_format"]:
            sys.exit("golden: raise kStateFormat in projections/state_format.h first: a snapshot of the "
                     "older form would be taken for one of this")
        kept["state_format"] = number
        write_expected(release, kept)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--make", metavar="NAME")
    parser.add_argument("--schemas", help="folder of the build's binary schemas, with --make")
    parser.add_argument("--redigest", action="store_true")
    options, rest = parser.parse_known_args()
    BIN = options.bin
    if options.make:
        make(running.Programs(BIN), options.make, options.schemas)
    elif options.redigest:
        redigest(running.Programs(BIN))
    else:
        unittest.main(argv=[sys.argv[0], *rest])
