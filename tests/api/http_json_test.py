#!/usr/bin/env python3
"""The HTTP side and what follows events, as their callers use them: the real programs, nothing but
Python's own library.

  http_json_test.py --bin FOLDER        FOLDER has kontord and kontor

api/openapi.json is held to be what the program says, whole, and true: what the server answers is held
against it. Where commands, answers or questions have changed, make it anew:

  build/dev/bin/kontor openapi > api/openapi.json
"""

import argparse
import http.client
import json
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "reader"))
import programs as running  # noqa: E402

PROGRAMS = None
FORMATS = {
    "date": re.compile(r"^\d{4}-\d\d-\d\d$"),
    "date-time": re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"),
}
TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
}
KNOWN_WORDS = {"type", "properties", "required", "items", "enum", "pattern", "minimum", "maximum",
               "minLength", "maxLength", "format", "description", "oneOf", "additionalProperties",
               "$ref"}


class Description:
    """An OpenAPI description, and values held against its schemas."""

    def __init__(self, text):
        self.root = json.loads(text)

    def resolve(self, ref):
        at = self.root
        if not ref.startswith("#/"):
            raise AssertionError(f"{ref} leads out of the description")
        for step in ref[2:].split("/"):
            at = at[step]
        return at

    def wrong(self, schema, value, at="$"):
        """What is wrong with the value, a list. What is not described is wrong."""
        if "$ref" in schema:
            return self.wrong(self.resolve(schema["$ref"]), value, at)
        out = []
        if "oneOf" in schema:
            fitting = [s for s in schema["oneOf"] if "properties" not in s and "$ref" not in s
                       and "type" not in s and all(k in value for k in s["required"])
                       or ("$ref" in s or "type" in s) and not self.wrong(s, value, at)]
            if len(fitting) != 1:
                out.append(f"{at}: {len(fitting)} of oneOf fit")
        kinds = schema.get("type")
        if kinds is not None:
            kinds = [kinds] if isinstance(kinds, str) else kinds
            if not any(TYPES[kind](value) for kind in kinds):
                return out + [f"{at}: {value!r} is not of type {kinds}"]
        if "enum" in schema and value not in schema["enum"]:
            out.append(f"{at}: {value!r} is none of the enum")
        if isinstance(value, dict):
            out += self._wrong_object(schema, value, at)
        elif isinstance(value, list):
            for i, item in enumerate(value):
                out += self.wrong(schema.get("items", {}), item, f"{at}[{i}]")
        elif isinstance(value, str):
            out += self._wrong_text(schema, value, at)
        elif isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get(
                "maximum", value):
            out.append(f"{at}: {value} is out of range")
        return out

    def _wrong_object(self, schema, value, at):
        out = [f"{at}: {key} is missing" for key in schema.get("required", []) if key not in value]
        properties = schema.get("properties")
        if properties is None:
            return out
        for key, item in value.items():
            if key not in properties:
                out.append(f"{at}.{key} is not described")
            else:
                out += self.wrong(properties[key], item, f"{at}.{key}")
        return out

    @staticmethod
    def _wrong_text(schema, value, at):
        out = []
        if "pattern" in schema and not re.search(schema["pattern"], value):
            out.append(f"{at}: {value!r} is not like {schema['pattern']}")
        if schema.get("format") in FORMATS and not FORMATS[schema["format"]].search(value):
            out.append(f"{at}: {value!r} is no {schema['format']}")
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            out.append(f"{at}: {value!r} has a length that is not allowed")
        return out

    def operation(self, method, path):
        """The operation of a real path."""
        for template, operations in self.root["paths"].items():
            like = re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", re.escape(template))
            if re.fullmatch(like, path) and method in operations:
                return operations[method]
        raise AssertionError(f"{method} {path} is not described")

    def wrong_answer(self, method, path, status, content_type, body):
        responses = self.operation(method, path)["responses"]
        content = responses.get(str(status), responses.get("default"))["content"]
        return self.wrong(content[content_type]["schema"], body)


class Caller:
    def __init__(self, address):
        self.address = address

    def say(self, method, path, body=None, headers=None):
        """Status, content type and body, read as JSON."""
        connection = http.client.HTTPConnection(self.address, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        kind = response.getheader("Content-Type")
        return response.status, kind, text if kind == "application/x-ndjson" else json.loads(text)

    def post(self, path, body, kind="application/json"):
        return self.say("POST", path, body.encode(), {"Content-Type": kind})


def every(node, visit):
    """Calls visit(object) for every object in the JSON."""
    if isinstance(node, dict):
        visit(node)
        for item in node.values():
            every(item, visit)
    elif isinstance(node, list):
        for item in node:
            every(item, visit)


class TheDescription(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = PROGRAMS.kontor("openapi")
        cls.description = Description(cls.text)

    def test_is_the_committed_one(self):
        committed = (ROOT / "api" / "openapi.json").read_text(encoding="utf-8")
        self.assertEqual(self.text, committed,
                         "make it anew: build/dev/bin/kontor openapi > api/openapi.json")

    def test_has_every_command(self):
        commands = set()
        for path in (ROOT / "events" / "schema" / "commands").glob("*.fbs"):
            for name, attributes in re.findall(r"^table (\w+) \(([^)]*command: \d+[^)]*)\)",
                                               path.read_text(encoding="utf-8"), re.M):
                if "system" not in attributes:
                    commands.add(name)
        self.assertGreater(len(commands), 20)
        schema = self.description.root["components"]["schemas"]["Command"]
        self.assertEqual({one["required"][0] for one in schema["oneOf"]}, commands)
        for name in commands:
            self.assertIn(name, schema["properties"])

    def test_has_every_question(self):
        # By verbs of their own; and `kontor list staff`, whose word `get staff` has taken.
        words = {"why", "exposure", "events", "four_eyes", "staff_list"}
        for verb in ("get", "list"):
            text = PROGRAMS.kontor(verb, "--help")
            words |= set(re.findall(r"^  (\w+) ", text[text.index("Subcommands"):], re.M))
        self.assertGreater(len(words), 25)
        described = {path.split("/")[4] for path in self.description.root["paths"]
                     if path.startswith("/v1/books/{book}/")}
        self.assertEqual(described - {"commands", "check"}, words)

    def test_is_a_sound_description(self):
        root = self.description.root
        self.assertEqual(root["openapi"], "3.1.0")
        self.assertTrue(root["info"]["title"] and root["info"]["version"])
        operations = []
        for path, item in root["paths"].items():
            self.assertTrue(path.startswith("/"), path)
            for method, operation in item.items():
                self.assertIn(method, {"get", "post"})
                operations.append(operation["operationId"])
                self._sound_operation(path, operation)
        self.assertEqual(len(operations), len(set(operations)))
        for name, schema in root["components"]["schemas"].items():
            self.assertRegex(name, r"^[A-Za-z0-9._-]+$")
            self._sound_schema(schema)
        every(root, lambda node: self.description.resolve(node["$ref"]) if "$ref" in node else None)

    def _sound_operation(self, path, operation):
        self.assertTrue(operation["responses"])
        parameters = operation.get("parameters", [])
        named = [(p["name"], p["in"]) for p in parameters]
        self.assertEqual(len(named), len(set(named)), path)
        in_path = {p["name"] for p in parameters if p["in"] == "path"}
        self.assertEqual(in_path, set(re.findall(r"\{(\w+)\}", path)), path)
        for parameter in parameters:
            self.assertIsInstance(parameter["required"], bool)
            self._sound_schema(parameter["schema"])

    def _sound_schema(self, schema):
        self.assertIsInstance(schema, dict)
        self.assertLessEqual(set(schema), KNOWN_WORDS)
        kinds = schema.get("type", [])
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            self.assertIn(kind, TYPES)
        properties = schema.get("properties", {})
        for item in properties.values():
            self._sound_schema(item)
        if properties:
            self.assertLessEqual(set(schema.get("required", [])), set(properties))
        if "items" in schema:
            self._sound_schema(schema["items"])
        if "pattern" in schema:
            re.compile(schema["pattern"])


class TheServer(unittest.TestCase):
    """One server with the demo's trade, sent by HTTP."""

    @classmethod
    def setUpClass(cls):
        cls.description = Description(PROGRAMS.kontor("openapi"))
        cls.folder = tempfile.TemporaryDirectory()
        cls.server = running.Server(PROGRAMS, pathlib.Path(cls.folder.name) / "data", "127.0.0.1:0")
        cls.server.__enter__()
        cls.caller = Caller(cls.server.http)
        lines = [line for path in running.TRADE
                 for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        status, _, answer = cls.caller.post("/v1/books", lines[0])
        assert status == 200, answer
        cls.book = json.loads(lines[0])["OpenBook"]["book"]
        cls.commands = lines[1:]
        cls.status, cls.kind, cls.answers = cls.caller.post(
            f"/v1/books/{cls.book}/commands", "\n".join(cls.commands), "application/x-ndjson")

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.folder.cleanup()

    def get(self, path):
        return self.caller.say("GET", f"/v1/books/{self.book}/{path}")

    def assert_described(self, method, path, answer):
        status, kind, body = answer
        bare = urllib.parse.urlsplit(path).path
        self.assertEqual(self.description.wrong_answer(method, bare, status, kind, body), [], path)

    def test_answers_lines_as_kontor_submit_does(self):
        self.assertEqual(self.status, 200)
        answers = self.answers.splitlines()
        self.assertEqual(len(answers), len(self.commands))
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            file.write("\n".join(self.commands))
            file.flush()
            again = PROGRAMS.kontor("--server", self.server.address, "submit", file.name,
                                    status=(0, 1))
        self.assertEqual(again.splitlines(), answers)
        schema = {"$ref": "#/components/schemas/Answer"}
        statuses = set()
        for answer in map(json.loads, answers):
            self.assertEqual(self.description.wrong(schema, answer), [])
            statuses.add(answer["status"])
        self.assertEqual(statuses, {"done", "refused"})

    def test_takes_commands_that_the_description_allows(self):
        schema = {"$ref": "#/components/schemas/Command"}
        for line in self.commands:
            self.assertEqual(self.description.wrong(schema, json.loads(line)), [], line)
        wrong = {"id": "x", "PlaceOrder": {"ordr": "O"}}
        self.assertNotEqual(self.description.wrong(schema, wrong), [])

    def test_answers_questions_as_described_and_as_kontor_does(self):
        words = ["book", "policies", "digest", "companies", "buyers", "items", "warehouses", "orders",
                 "invoices", "payments", "credit_notes", "rules", "holds", "backorders", "approvals"]
        asked = {"order": "orders", "invoice": "invoices", "payment": "payments", "item": "items",
                 "credit_note": "credit_notes", "company": "companies", "buyer": "buyers",
                 "warehouse": "warehouses", "rule": "rules"}
        paths = list(words)
        for one, many in asked.items():
            status, _, page = self.get(many)
            self.assertEqual(status, 200)
            names = [row[one] for row in page.get(many, [])]
            self.assertTrue(names, many)
            paths += [f"{one}/{urllib.parse.quote(name, safe='')}" for name in names]
            if one == "order":
                paths += [f"why/{urllib.parse.quote(name, safe='')}" for name in names]
            if one == "item":
                paths += [f"stock/{urllib.parse.quote(name, safe='')}" for name in names]
            if one == "company":
                paths += [f"account/{name}" for name in names]
                paths += [f"exposure/{name}?all=true" for name in names]
        for path in paths:
            with self.subTest(path=path):
                answer = self.get(path)
                self.assertEqual(answer[0], 200, answer)
                self.assertIn("position", answer[2])
                self.assert_described("get", f"/v1/books/{self.book}/{path}", answer)
        listed = PROGRAMS.kontor("--server", self.server.address, "--json", "list", "orders")
        self.assertEqual(json.loads(listed), self.get("orders?limit=1000")[2])

    def test_answers_events_page_by_page(self):
        seen, after = [], ""
        while True:
            answer = self.get(f"events?limit=100{after}")
            self.assert_described("get", f"/v1/books/{self.book}/events", answer)
            seen += answer[2].get("events", [])
            if "next" not in answer[2]:
                break
            after = "&after=" + urllib.parse.quote(answer[2]["next"])
        self.assertEqual([row["sequence"] for row in seen], list(range(1, len(seen) + 1)))
        listed = PROGRAMS.kontor("--server", self.server.address, "--json", "events").splitlines()
        self.assertEqual([json.loads(line) for line in listed[:len(seen)]], seen)

    def test_says_problems_as_described(self):
        base = f"/v1/books/{self.book}"
        for method, path, body, status in [
                ("GET", f"{base}/order/none", None, 404), ("GET", f"{base}/orders?x=1", None, 400),
                ("GET", "/v1/books/none/orders", None, 404), ("POST", f"{base}/commands", "{", 400),
                ("POST", f"{base}/commands", '{"id":"a","Nonsense":{}}', 400)]:
            headers = {"Content-Type": "application/json"} if body else {}
            answer = self.caller.say(method, path, body, headers)
            self.assertEqual(answer[0], status, answer)
            self.assertEqual(answer[1], "application/problem+json")
            self.assert_described(method.lower(), path, answer)

    def test_serves_its_description(self):
        _, _, served = self.caller.say("GET", "/v1/openapi.json")
        self.assertEqual(served, self.description.root)

    def test_follows_events_until_interrupted(self):
        for signal_sent in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=signal_sent.name):
                self._follow(signal_sent)

    def _follow(self, signal_sent):
        position = self.get("book")[2]["position"]
        words = [PROGRAMS.bin / "kontor", "--server", self.server.address, "--json", "events",
                 "--follow", "--from", str(position), "--kind", "WarehouseRegistered"]
        name = f"follow-{position}"
        with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              text=True) as process:
            command = {"id": name, "RegisterWarehouse": {"warehouse": name}}
            status, _, answer = self.caller.post(f"/v1/books/{self.book}/commands",
                                                 json.dumps(command))
            self.assertEqual(status, 200, answer)
            event = json.loads(process.stdout.readline())
            while event["command_id"] != name:
                event = json.loads(process.stdout.readline())
            self.assertEqual(event["sequence"], answer["sequence"])
            self.assertEqual(event["body"]["warehouse"], name)
            process.send_signal(signal_sent)
            self.assertEqual(process.wait(60), 0)

    def test_shows_events_of_a_company_and_kind_without_following(self):
        listed = PROGRAMS.kontor("--server", self.server.address, "--json", "events", "--company",
                                 "ahrens", "--kind", "OrderPlaced", "--kind", "InvoiceIssued")
        rows = [json.loads(line) for line in listed.splitlines()]
        self.assertIn("position", rows.pop())
        self.assertEqual({row["event"] for row in rows}, {"OrderPlaced", "InvoiceIssued"})
        PROGRAMS.kontor("--server", self.server.address, "events", "--kind", "OrderPlacd", status=(2,))


class TheClock(unittest.TestCase):
    def test_moves_the_day_of_a_book_that_goes_by_it(self):
        with tempfile.TemporaryDirectory() as folder:
            data = pathlib.Path(folder) / "data"
            opened = {"id": "o", "OpenBook": {"book": "b", "currency": "EUR", "calendar": "clock",
                                              "time_zone": "Pacific/Auckland",
                                              "first_business_date": "2026-03-02"}}
            with running.Server(PROGRAMS, data, "127.0.0.1:0") as server:
                caller = Caller(server.http)
                unknown = json.loads(json.dumps(opened))
                unknown["OpenBook"]["time_zone"] = "Europe/Atlantis"
                status, _, problem = caller.post("/v1/books", json.dumps(unknown))
                self.assertEqual((status, problem["kontor_status"]), (400, "malformed"))
                self.assertIn("time_zone", problem["detail"])
                status, _, answer = caller.post("/v1/books", json.dumps(opened))
                self.assertEqual((status, answer["status"]), (200, "done"))
                words = [PROGRAMS.bin / "kontor", "--server", server.address, "--json", "events",
                         "--follow", "--kind", "BusinessDayOpened"]
                with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
                    day = json.loads(process.stdout.readline())
                    process.send_signal(signal.SIGINT)
                    self.assertEqual(process.wait(60), 0)
                self.assertEqual(day["body"]["date"], "2026-03-03")
                self.assertEqual(day["principal"], "server")
                status, _, refused = caller.post("/v1/books/b/commands", json.dumps(
                    {"id": "d", "OpenBusinessDay": {"date": "2099-01-01"}}))
                self.assertEqual((status, refused["status"]), (200, "refused"))
                self.assertEqual(refused["reasons"][0]["reason"], "not_permitted")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True)
    arguments, rest = parser.parse_known_args()
    global PROGRAMS
    PROGRAMS = running.Programs(arguments.bin)
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
