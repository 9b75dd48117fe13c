#!/usr/bin/env python3
"""Compares the configurations that `effective_config` computes with what the images' own scripts make of the same containers.

    cargo build --example effective_config
    judge.py --tool target/debug/examples/effective_config --repositories DIR [--jars DIR] [--extra DIR] [--programs DIR] COMPOSE_FILE...

--repositories: git directories named `owner+name` (or `owner+name/repo`) of the repositories in images.py. Images are skipped whose repository
is not there.
--jars: a folder for each version of Kafka with its jars, for apache/kafka's KafkaDockerWrapper.
--extra: files that are newer than the git directories, as `owner+name/PATH@VERSION`.
--programs: `ub-7.5` and `ub-8.1` of Confluent's newer images, built from confluentinc/common-docker (base-lite/ub) and
confluentinc/cp-docker-utils, and `rpk-start`: see rpk_start.go.

It takes Linux and root: each script runs in a root of its own (`unshare`, `chroot`), with a program in Kafka's place that prints its configuration.

What is not known to be in a container counts as unset or blank: an env file that is missing, a variable of the shell. The newest script stands
for a tag that tells no version.

A container differs if a property has another value than computed, or is set and was computed as unset, or the other way round, or if one refuses
and the other does not. What was computed as unknown is counted, and agrees with everything. EXCEPTIONS says what may differ, and why.
Nothing of the repositories is kept.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

from images import FAMILIES, Missing, OWN_IP, SERVER, numbers, write

# (family, name of a property or beginning of a refusal) -> why it may differ.
EXCEPTIONS = {
    ("confluent-server", "-%}"): "the template of 5.5 writes the end of a tag out",
}


def run(options, one):
    """What the image's script makes of a container: ("accept", properties) or ("reject", its last lines)."""
    version = numbers(one["tag_numbers"]) or None
    root = pathlib.Path(tempfile.mkdtemp(prefix="image-"))
    root.chmod(0o755)
    own_name = one["names"][0]
    try:
        entrypoint, command, own, folder = FAMILIES[one["family"]](options, root, one, version)
        if one["entrypoint"] is not None:
            entrypoint, command = one["entrypoint"], []
        if one["command"] is not None:
            command = one["command"]
        write(root / "usr/bin-print", SERVER)
        variables = {name: value["text"] if value["text"] is not None else blanked(value["shape"]) for name, value in one["variables"].items()}
        for name, value in variables.items():
            if re.fullmatch(r"KAFKA_SSL_\w+_(FILENAME|CREDENTIALS)", name) and value and "/" not in value:
                write(root / "etc/kafka/secrets" / value, "secret")
        if any(mount.startswith("/var/run/docker.sock") for mount in one["mounts"]):
            (root / "var/run").mkdir(parents=True, exist_ok=True)
            socket.socket(socket.AF_UNIX).bind(str(root / "var/run/docker.sock"))
        mounts = ["/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64", "/usr/share", "/etc/alternatives", "/dev", "/proc"]
        mounts += [str(f) for f in pathlib.Path("/etc").glob("java*")] + [sys.base_prefix] + site_packages()
        script = ["set -e", f"echo '{own_name}' > /proc/sys/kernel/hostname"]
        for outside in mounts:
            if os.path.exists(outside):
                (root / outside.lstrip("/")).mkdir(parents=True, exist_ok=True)
                script.append(f"mount --rbind {os.path.realpath(outside)} {root}{outside}")
        if options.jars:
            (root / "jars").mkdir(exist_ok=True)
            script.append(f"mount --rbind {options.jars} {root}/jars")
        for name in ("bin", "lib", "lib64", "sbin"):
            (root / name).symlink_to(f"usr/{name}")
        (root / "tmp").mkdir(mode=0o1777)
        (root / "tmp").chmod(0o1777)
        write(root / "etc/passwd", "root:x:0:0:root:/root:/bin/bash\nkafka:x:1001:0:kafka:/:/bin/bash\n")
        write(root / "etc/hosts", f"127.0.0.1 localhost\n{OWN_IP} {own_name}\n")
        (root / "usr/local/bin").mkdir(parents=True, exist_ok=True)
        # /usr/bin is that of this machine: what scripts find there by its path is mounted over it.
        print_to = root / "print-configuration"
        write(print_to, SERVER)
        before = one.get("before", "true")
        user = one.get("user")
        if user:
            subprocess.run(["chown", "-R", f"{user}:0", *(str(root / f) for f in ("opt", "bitnami", "docker-entrypoint-initdb.d", "tmp"))], check=True)
        become = f"setpriv --reuid {user} --regid 0 --clear-groups " if user else ""
        script.append(f'exec /usr/sbin/chroot {root} {become}/bin/bash -c \'cd {folder}; {before} || exit 1; exec "$@"\' bash "$@"')
        environment = {"PATH": f"/usr/local/bin:{sys.base_prefix}/bin:/usr/bin:/usr/sbin", "HOSTNAME": own_name, "HOME": "/", **own, **variables}
        text_of = lambda word: word.replace("/usr/bin/print-configuration", "/print-configuration")
        for file in root.rglob("*"):
            if file.is_file() and not file.is_symlink() and file.stat().st_size < 200000 and under_own(root, file):
                try:
                    text = file.read_text()
                except UnicodeDecodeError:
                    continue
                if "/usr/bin/print-configuration" in text:
                    file.write_text(text_of(text))
        ran = subprocess.run(
            ["unshare", "--mount", "--pid", "--uts", "--fork", "--kill-child", "sh", "-c", "\n".join(script), "sh", *entrypoint, *command],
            env=environment, capture_output=True, text=True, errors="replace", timeout=300, cwd="/",
        )
    finally:
        if str(root) not in pathlib.Path("/proc/self/mountinfo").read_text():
            shutil.rmtree(root, ignore_errors=True)
    before, found, configuration = ran.stdout.partition("=====configuration\n")
    if ran.returncode == 0 and found:
        return "accept", loaded(configuration.replace(OWN_IP, own_name))
    clean = re.sub("\x1b[^m]*m", "", before + ran.stderr)
    return "reject", "\n".join(line for line in clean.splitlines() if not line.startswith("\tat "))[-1500:]


def under_own(root, file):
    first = file.relative_to(root).parts[0]
    return first not in ("proc", "dev", "jars")


def site_packages():
    import jinja2
    return [str(pathlib.Path(jinja2.__file__).parent.parent)]


def blanked(shape):
    """A text with blanks for what is not known, as Compose would leave it."""
    return re.sub(r"\$\{\w*…?\}", "", shape or "")


def loaded(text):
    """A properties file as Java reads it."""
    found, logical = {}, ""
    for line in text.split("\n"):
        line = line.rstrip("\r")
        line = line.lstrip(" \t\f") if logical else line
        if (len(line) - len(line.rstrip("\\"))) % 2:
            logical += line[:-1]
            continue
        logical += line
        match = re.match(r"[ \t\f]*([^#!\s=:\\](?:[^\s=:\\]|\\.)*)[ \t\f]*[=:]?[ \t\f]*(.*)", logical, re.S)
        if match and not re.match(r"[ \t\f]*[#!]", logical):
            plain = lambda s: re.sub(r"\\(.)", lambda m: {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}.get(m[1], m[1]), s)
            found[plain(match[1])] = plain(match[2])
        logical = ""
    return found


def differences(one, verdict, theirs):
    """What is computed in another way than the script has it, and how many values are unknown."""
    out, unknown = [], 0
    refusals = one["refusals"]
    if verdict == "reject":
        if not refusals and is_undecided(one):
            unknown += 1
        elif not refusals:
            out.append(("refusal", "starts", theirs.strip().splitlines()[-1] if theirs.strip() else "refuses"))
        # Bash itself stops at apache/kafka's test of a variable that is not set.
        elif not any(squeezed(refusal["says"]) in squeezed(theirs) or "!1: unbound variable" in theirs for refusal in refusals):
            out.append(("refusal", refusals[0]["says"], theirs.strip()[-300:]))
        return out, unknown
    if refusals:
        return [("refusal", refusals[0]["says"], "starts")], unknown
    ours = one["properties"]
    same = redpandas if one["family"] == "redpanda" else lambda name, text: text.rstrip()
    is_open = lambda name: any(name.startswith(prefix) for prefix in one["may_be_set"])
    for name in sorted(set(ours) | set(theirs)):
        mine = ours.get(name)
        if mine is None:
            if is_open(name):
                unknown += 1
            else:
                out.append((name, None, theirs[name]))
        elif mine["value"]["text"] is None:
            unknown += 1
        elif name not in theirs:
            out.append((name, mine["value"]["text"], None))
        elif same(name, mine["value"]["text"]) != same(name, theirs[name]):
            out.append((name, mine["value"]["text"], theirs[name]))
    return out, unknown


def is_undecided(one):
    """Whether the script may start Kafka or not, for all that the files tell."""
    return one["scripts"] != 1 or one["more_variables"] or any(value["text"] is None for value in one["variables"].values())


def the_words(one, theirs):
    """The line of a script's last words that tells why it stops."""
    lines = [line.strip() for line in theirs.splitlines() if line.strip()]
    telling = [line for line in lines if any(squeezed(refusal["says"]) in squeezed(line) for refusal in one["refusals"])]
    return re.sub(r"^kafka [\d:.]+ ", "", (telling or lines)[-1])


def redpandas(name, text):
    """A list of addresses with the ports that Redpanda takes where none is written, without the ways to log in."""
    port = ":33145" if name == "seed_servers" else ":9092"
    addresses = [entry.split("|")[0].strip() for entry in text.split(",") if entry.strip()]
    return [one if re.search(r":\d+$", one) else one + port for one in addresses]


def squeezed(text):
    return re.sub(r"\W+", "", text).lower()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", required=True)
    parser.add_argument("--repositories", required=True, type=pathlib.Path)
    parser.add_argument("--jars", type=pathlib.Path)
    parser.add_argument("--extra", type=pathlib.Path)
    parser.add_argument("--programs", type=pathlib.Path)
    parser.add_argument("--record", type=pathlib.Path, help="a file for what the scripts made of each service")
    parser.add_argument("--family")
    parser.add_argument("--cache", type=pathlib.Path, help="a file for what the scripts said, so that it is not asked twice")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("-v", action="store_true")
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    brokers = []
    for start in range(0, len(options.files), 200):
        out = subprocess.run([options.tool, *options.files[start : start + 200]], capture_output=True, text=True)
        brokers += [json.loads(line) for line in out.stdout.splitlines()]
    distinct, of = {}, collections.defaultdict(list)
    for one in brokers:
        key = json.dumps([one[k] for k in ("image", "variables", "entrypoint", "command", "mounts", "names")], sort_keys=True)
        distinct.setdefault(key, one)
        of[key].append(f"{one['file']} {one['service']}")
    counts = collections.defaultdict(collections.Counter)
    skipped = collections.Counter()

    here = pathlib.Path(__file__).parent
    program = (here / "judge.py").read_text().split("def differences")[0] + (here / "images.py").read_text()
    cache = json.loads(options.cache.read_text()) if options.cache and options.cache.exists() else {}

    def judged(item):
        key, one = item
        if options.family and one["family"] != options.family:
            return None
        counts[one["family"]]["containers"] += 1
        if one["family"] not in FAMILIES:
            return key, one, "skip", f"no script: {one['family']}"
        if one["may_be_set"].get("") in ("Command", "Built") or "" in one["may_be_set"] and not one["by_script"]:
            return key, one, "skip", "another command, or a built image"
        if any("File(" in reason for prefix, reason in one["may_be_set"].items() if prefix == ""):
            return key, one, "skip", "a mounted file"
        name = hashlib.sha256((key + program).encode()).hexdigest()
        try:
            if name not in cache:
                cache[name] = run(options, one)
            verdict, theirs = cache[name]
        except Missing as missing:
            return key, one, "skip", f"missing: {missing}"
        except subprocess.TimeoutExpired:
            return key, one, "skip", "timeout"
        found, unknown = differences(one, verdict, theirs)
        found = [d for d in found if (one["family"], d[0]) not in EXCEPTIONS]
        return key, one, "differs" if found else "equal", (verdict, found, unknown, theirs)

    records = {}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for result in pool.map(judged, distinct.items()):
            if result is None:
                continue
            key, one, state, detail = result
            family = one["family"]
            counts[family][state] += 1
            if state == "skip":
                skipped[detail] += 1
                if options.v:
                    print(f"skip {family} {of[key][0]}: {detail}")
                continue
            verdict, found, unknown, theirs = detail
            counts[family]["unknown values"] += unknown
            counts[family]["values"] += len(theirs) if verdict == "accept" else 0
            counts[family]["refused"] += verdict == "reject"
            if options.record:
                records[one["service"]] = {"sets": theirs} if verdict == "accept" else {"says": the_words(one, theirs)}
            if state == "differs":
                print(f"\n{family} {one['image']} ({len(of[key])}): {of[key][0]}")
                for name, mine, yours in found:
                    print(f"    {name}: computed {mine!r}, script {yours!r}")
    if options.cache:
        options.cache.write_text(json.dumps(cache))
    print(f"\n{len(brokers)} brokers, {len(distinct)} distinct")
    for family, count in sorted(counts.items()):
        print(f"{family:18} containers {count['containers']:4}  equal {count['equal']:4}  differ {count['differs']:3}  skipped {count['skip']:3}  refused {count['refused']:3}  values {count['values']:5} (unknown {count['unknown values']})")
    for reason, number in skipped.most_common():
        print(f"skipped {number:4}: {reason}")
    if options.record:
        options.record.write_text(json.dumps(records, indent=1, sort_keys=True) + "\n")
    sys.exit(any(count["differs"] for count in counts.values()))


if __name__ == "__main__":
    main()
