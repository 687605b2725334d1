#!/usr/bin/env python3
"""Kills mutants: builds the core with the defects of ops/mutants/mutants.txt and lets the simulation find each.

    ops/scripts/mutants.py [--seeds N] [--only NAME,...] [--output mutants.json] [--corpus FOLDER]
    ops/scripts/mutants.py --check

The defects go into a copy of the sources, in .build-mutants; one build holds all of them, and each run switches on one.
A mutant is killed by the first seed that breaks a promise with it and not without it, or else by a world of the
corpus, all of which the core itself survives. Where a mutant's "worlds:" names fault classes, only these may strike in
the worlds that it is hunted in, so that they are dense in what it needs. What no world kills may still fail a test of
the core, and is reported apart. Ends 0 when every mutant was found, 1 when one survived, 2 when one does not fit the
sources any more or the build fails.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(os.environ.get("BACKSTOP_MUTANTS_FOLDER", ROOT / ".build-mutants"))
CORPUS = ROOT / "Tests" / "SimulationTests" / "Corpus"
LIST = ROOT / "ops" / "mutants" / "mutants.txt"
MUTABLE = ["Reconciler", "Trading", "Venue"]  # where mutants may live
# What the simulation is made of: copied whole, so that an edit meanwhile does not disturb the build.
MODULES = MUTABLE + ["PaperVenue", "Simulation", "simulate"]
# More than a mutant ever needed; a seed takes some milliseconds.
SEEDS = 20_000
SHRINK_RUNS = 1500  # worlds run to make one small: some seconds
TESTS = "ReconcilerTests"  # what pins the core down without a world

SWITCH = """#if canImport(Glibc)
  import Glibc
#endif

/// Which mutant runs in this process: the number in BACKSTOP_MUTANT.
private let running: Int = getenv("BACKSTOP_MUTANT").flatMap { Int(String(cString: $0)) } ?? 0

@inline(__always) func isMutant(_ number: Int) -> Bool { running == number }
"""


class Stale(Exception):
    pass


def read_mutants():
    mutants = []
    part = None
    for number, line in enumerate(LIST.read_text().splitlines(), 1):
        word, _, rest = line.partition(" ")
        if not line or line.startswith("#"):
            continue
        if word == "mutant:":
            mutants.append({"name": rest, "wrong": "", "worlds": None, "parts": []})
        elif word == "wrong:":
            mutants[-1]["wrong"] = rest
        elif word == "worlds:":
            mutants[-1]["worlds"] = rest
        elif word == "file:":
            file = rest
            part = None
        elif word in "-+":
            # A "-" after a "+" begins the next replacement in the same file.
            if part is None or part["file"] != file or part not in mutants[-1]["parts"] or (word == "-" and part["+"]):
                part = {"file": file, "-": [], "+": []}
                mutants[-1]["parts"].append(part)
            part[word].append(rest)
        else:
            raise Stale(f"{LIST}:{number}: '{line}' is neither a head nor a changed line")
    return mutants


def replace(text, part, number):
    lines = text.split("\n")
    bare = [line.strip() for line in lines]
    old = [line.strip() for line in part["-"]]
    places = [i for i in range(len(bare)) if bare[i : i + len(old)] == old]
    if len(places) != 1:
        raise Stale(f"{part['file']}: {len(places)} places read '{old[0]}'")
    place = places[0]
    indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
    new = [indent + line.replace("MUTANT", f"isMutant({number})") for line in part["+"]]
    return "\n".join(lines[:place] + new + lines[place + len(old) :])


def write(path, text):
    """An untouched file keeps its time stamp, so that only what changed is compiled."""
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def mutated(mutants):
    """The modules' sources with all mutants in them, by path; says which do not fit, and ends, if there are any."""
    wanted = {}
    for module in MODULES:
        for file in sorted((ROOT / "Sources" / module).rglob("*.swift")):
            wanted[file.relative_to(ROOT).as_posix()] = file.read_text()
    stale = []
    for number, mutant in enumerate(mutants, 1):
        for part in mutant["parts"]:
            try:
                wanted[part["file"]] = replace(wanted[part["file"]], part, number)
            except (Stale, KeyError) as problem:
                stale.append(f"{mutant['name']}: {problem}")
    if stale:
        print("mutants that do not fit the sources any more:\n  " + "\n  ".join(stale), file=sys.stderr)
        sys.exit(2)
    return wanted


def prepare(mutants):
    wanted = mutated(mutants)
    tree = FOLDER / "tree"
    subprocess.run([ROOT / "ops" / "scripts" / "light-package.sh", tree, "simulate", TESTS], check=True)
    sources = tree / "Sources"
    if sources.is_symlink():
        sources.unlink()
    sources.mkdir(exist_ok=True)
    for module in sorted(os.listdir(ROOT / "Sources")):
        if module in MODULES and (sources / module).is_symlink():
            (sources / module).unlink()
        if module not in MODULES:
            link = sources / module
            if not link.is_symlink():
                link.symlink_to(ROOT / "Sources" / module)
    for module in MUTABLE:
        wanted[f"Sources/{module}/MutantSwitch.swift"] = SWITCH
    for module in MODULES:
        for file in (sources / module).rglob("*.swift"):
            if file.relative_to(tree).as_posix() not in wanted:
                file.unlink()
    for name, text in wanted.items():
        write(tree / name, text)
    return tree


def swift_build(tree, folder, *choice):
    result = subprocess.run(
        ["swift", "build", "--package-path", tree, "--scratch-path", FOLDER / folder, *choice],
        capture_output=True, text=True)
    if result.returncode:
        print("\n".join(line for line in (result.stdout + result.stderr).splitlines() if "error" in line), file=sys.stderr)
        sys.exit(2)


def build(tree):
    print("==> release build with mutants", flush=True)
    swift_build(tree, "build", "-c", "release", "--product", "simulate")
    return FOLDER / "build" / "release" / "simulate"


def failing(tree, number):
    """The tests of the core that fail with the mutant."""
    result = subprocess.run(
        ["swift", "test", "--skip-build", "--disable-xctest", "--filter", TESTS, "--package-path", tree,
         "--scratch-path", FOLDER / "debug"],
        env=os.environ | {"BACKSTOP_MUTANT": str(number)}, capture_output=True, text=True)
    if "Test run with" not in result.stdout + result.stderr:
        print(result.stdout + result.stderr, file=sys.stderr)
        sys.exit(2)
    return re.findall(r'^✘ Test "(.+?)" (?:with .*)?failed after', result.stdout, re.MULTILINE)


def test_survivors(tree, rows):
    """Runs the tests of the core against what no world killed; adds to each row the first test that fails."""
    print("==> test build with mutants", flush=True)
    swift_build(tree, "debug", "--build-tests")
    if broken := failing(tree, 0):
        print(f"without a mutant these tests fail: {broken}", file=sys.stderr)
        sys.exit(2)
    for row in rows:
        if tests := failing(tree, row["number"]):
            row["test"] = tests[0]
            print(f"caught    {row['name']:40} by the test \"{tests[0]}\"", flush=True)


def run(binary, number, first, seeds, known, workers, worlds=None):
    """The failures of a campaign, by seed; with a mutant up to the first that is not known to fail without one."""
    output = FOLDER / "run.json"
    output.unlink(missing_ok=True)
    command = [binary, "--from", str(first), "--seeds", str(seeds), "--shrink", "0", "--output", output]
    if number:
        command += ["--until-failure", "--known", ",".join(map(str, known))]
    if worlds:
        command += ["--only", worlds]
    if workers:
        command += ["--workers", str(workers)]
    result = subprocess.run(command, env=os.environ | {"BACKSTOP_MUTANT": str(number)}, capture_output=True, text=True)
    if not output.exists():
        print(result.stdout + result.stderr, file=sys.stderr)
        sys.exit(2)
    return json.loads(output.read_text())["campaign"]["failures"]


def hunt(binary, number, seeds, known, workers, worlds):
    """The first failure with the mutant that does not come without it; `None` when there is none."""
    if worlds:
        known = []  # the same seed is another world there
    first = 1
    while first <= seeds:
        failures = run(binary, number, first, seeds - first + 1, known, workers, worlds)
        failure = next((failure for failure in failures if failure["seed"] not in known), None)
        if failure is None or not run(binary, 0, failure["seed"], 1, [], workers, worlds):
            return failure
        known.append(failure["seed"])
        first = failure["seed"] + 1
    return None


def falling(binary, number):
    """The worlds of the corpus that break a promise with the mutant: name, promise and what was seen of each."""
    command = [binary, "--corpus", CORPUS, "--seeds", "1", "--only", "none", "--shrink", "0"]
    result = subprocess.run(command, env=os.environ | {"BACKSTOP_MUTANT": str(number)}, capture_output=True, text=True)
    return re.findall(r"^corpus: (\S+) fails again: (.+?) at \d+ ms: (.*)$", result.stdout, re.MULTILINE)


def fall(binary, number, frail):
    """The first world of the corpus that breaks a promise with the mutant and not without; `None` when none does."""
    return next((world for world in falling(binary, number) if world[0] not in frail), None)


def keep(binary, number, mutant, row, folder):
    """The world that killed a mutant, made small, as a world that the core itself has to survive."""
    name = f"mutant-{mutant['name']}"
    worlds = ["--only", row["worlds"]] if "worlds" in row else []
    subprocess.run(
        [binary, "shrink", str(row["seed"]), "--runs", str(SHRINK_RUNS), "--save", folder, "--name", name, *worlds],
        env=os.environ | {"BACKSTOP_MUTANT": str(number)}, capture_output=True, text=True)
    file = pathlib.Path(folder) / f"{name}.json"
    if file.exists():
        kept = json.loads(file.read_text())
        kept["finding"] = f"with the defect that {mutant['wrong']}: {kept['finding']}"
        file.write_text(json.dumps(kept, separators=(",", ":"), sort_keys=True, ensure_ascii=False) + "\n")


def commit():
    """The commit whose core the defects were made in."""
    words = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def write_rows(path, head, rows, seeds, known):
    pathlib.Path(path).write_text(
        json.dumps({"commit": head, "mutants": rows, "seeds": seeds, "known": known}, indent=1) + "\n")


def main():
    options = argparse.ArgumentParser(description="Kills mutants by simulation.")
    options.add_argument("--seeds", type=int, default=SEEDS, help="seeds tried for each mutant")
    options.add_argument("--check", action="store_true", help="only see whether each mutant still fits the sources")
    options.add_argument("--only", help="some mutants, comma-separated")
    options.add_argument("--workers", type=int)
    options.add_argument("--corpus", help="keep the world that killed each mutant here, made small")
    options.add_argument("--output", default=str(ROOT / "mutants.json"))
    choice = options.parse_args()

    mutants = read_mutants()
    if choice.check:
        mutated(mutants)
        print(f"{len(mutants)} mutants fit the sources")
        return
    names = choice.only.split(",") if choice.only else None
    head = commit()  # of what is built, whatever is committed meanwhile
    tree = prepare(mutants)
    binary = build(tree)
    # Without a mutant the same build must keep every promise; seeds that do not are no proof against a mutant.
    known = [failure["seed"] for failure in run(binary, 0, 1, min(choice.seeds, 2000), [], choice.workers)]
    if known:
        print(f"without a mutant these seeds fail, and do not count: {known}")
    # Nor are worlds of the corpus, where it is younger than what is built.
    frail = {name for name, _, _ in falling(binary, 0)}
    if frail:
        print(f"without a mutant these worlds fail, and do not count: {', '.join(sorted(frail))}")
    rows, survivors = [], []
    for number, mutant in enumerate(mutants, 1):
        if names and mutant["name"] not in names:
            continue
        started = time.monotonic()
        fatal = hunt(binary, number, choice.seeds, known, choice.workers, mutant["worlds"])
        row = {"number": number, "name": mutant["name"], "wrong": mutant["wrong"]}
        row["seconds"] = round(time.monotonic() - started, 1)
        if mutant["worlds"]:
            row["worlds"] = mutant["worlds"]
        if fatal:
            row |= {"seed": fatal["seed"], "broken": fatal["promises"] or ["no end"], "text": fatal["texts"][0]}
            if choice.corpus:
                keep(binary, number, mutant, row, choice.corpus)
            print(f"killed    {mutant['name']:40} by seed {row['seed']:>6}  {', '.join(row['broken'])}", flush=True)
        elif world := fall(binary, number, frail):
            row |= {"world": world[0], "broken": [world[1]], "text": world[2]}
            print(f"killed    {mutant['name']:40} by world {world[0]}  {world[1]}", flush=True)
        else:
            survivors.append(row)
            print(f"SURVIVED  {mutant['name']:40} {choice.seeds} seeds", flush=True)
        rows.append(row)
        # After each, so that a run that is broken off has not been for nothing.
        write_rows(choice.output, head, rows, choice.seeds, known)
    killed = len(rows) - len(survivors)
    if survivors:
        test_survivors(tree, survivors)
        write_rows(choice.output, head, rows, choice.seeds, known)
    alive = [row["name"] for row in survivors if "test" not in row]
    print(f"{killed} of {len(rows)} mutants killed, {len(survivors) - len(alive)} more caught by a test of the core alone; "
          f"{choice.output} written")
    sys.exit(1 if alive else 0)


if __name__ == "__main__":
    main()
