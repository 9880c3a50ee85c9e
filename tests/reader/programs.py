"""Runs the real programs: kontord on a data folder, and kontor."""

import json
import pathlib
import select
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
READY_WITHIN_S = 120
STOPPED_WITHIN_S = 120
# Some days of a wholesaler's trade: the demo's, and then what comes back.
TRADE = sorted((ROOT / "ops" / "demo.d").glob("*.jsonl"))
TRADE.append(ROOT / "tests" / "golden" / "comes-back.jsonl")


class Failed(Exception):
    pass


class Programs:
    """The programs of one build, in the folder `bin`."""

    def __init__(self, bin_folder):
        self.bin = pathlib.Path(bin_folder)

    def kontor(self, *words, status=(0,)):
        """What kontor printed; it must have ended with one of these exit statuses."""
        done = subprocess.run([self.bin / "kontor", *map(str, words)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False, timeout=600)
        if done.returncode not in status:
            raise Failed(f"kontor {' '.join(map(str, words))}: exit status {done.returncode}\n"
                         f"{done.stdout}{done.stderr}")
        return done.stdout

    def kontor_json(self, *words):
        return json.loads(self.kontor("--json", *words))


class Server:
    """with Server(programs, data) as server: server.address is HOST:PORT, ready. Stops cleanly.

    http: where it is to serve HTTP, then also server.http."""

    def __init__(self, programs, data, http="off"):
        self.words = [programs.bin / "kontord", "--data", data, "--listen", "127.0.0.1:0", "--http",
                      http, "--log-level", "warn"]
        self.http = None

    def __enter__(self):
        self.process = subprocess.Popen(self.words, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, text=True)
        self.address = self._address()
        return self

    def _address(self):
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            if not select.select([self.process.stdout], [], [], 1)[0]:
                continue
            line = self.process.stdout.readline()
            if line.startswith("ready listen="):
                self.http = line.split("http=")[1].split()[0]
                return line.split("listen=")[1].split()[0]
            if not line:
                raise Failed("kontord ended before it was ready")
        self.process.kill()
        raise Failed(f"kontord was not ready within {READY_WITHIN_S} s")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            status = self.process.wait(STOPPED_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.process.stdout.close()
        if status != 0:
            raise Failed(f"kontord ended with status {status}")


def tell(programs, server, path):
    """Sends a file of TRADE; some of its commands may be refused."""
    words = ["--server", server.address]
    if path.name != "00-book.jsonl":
        words += ["--book", "north"]
    programs.kontor(*words, "submit", path, status=(0, 1))


def trade(programs, data, files):
    """Trades in a fresh data folder: a server for each file, so that the log has as many epochs."""
    for path in files:
        with Server(programs, data) as server:
            tell(programs, server, path)
