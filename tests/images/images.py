"""The roots of broker images, put together from the repositories that their scripts are public in: for judge.py.

Each family's function fills a root with its scripts and a stand-in for Kafka, and says what its image runs: entrypoint, command, the variables
of the image, its working folder.
"""

import os
import pathlib
import re
import shutil
import subprocess

SOURCES = {
    "apache": "apache/kafka",
    "confluent": "confluentinc/kafka-images, confluentinc/cp-docker-images, confluentinc/confluent-docker-utils",
    "bitnami": "beertje44/bitnami-containers (a copy of bitnami/containers with its history), bitnami/bitnami-docker-kafka",
    "debezium": "debezium/container-images",
    "wurstmeister": "wurstmeister/kafka-docker",
    "blacktop": "blacktop/docker-kafka-alpine",
    "fast-data-dev": "lensesio/fast-data-dev",
    "spotify": "spotify/docker-kafka",
    "johnnypark": "hey-johnnypark/docker-kafka-zookeeper",
    "krisgeus": "krisgeus/docker-kafka",
    "zipkin": "openzipkin/zipkin",
    "ubuntu": "canonical/kafka-rock",
    "redpanda": "redpanda-data/redpanda",
    "strimzi, automq": "none: the words of the command run with Kafka's configuration files",
}

# Prints the file that Kafka would be started with, and what goes over it.
SERVER = """#!/bin/bash
file=; over=()
while [ $# -gt 0 ]; do
    case "$1" in
        --override) over+=("$2"); shift ;;
        --override=*) over+=("${1#--override=}") ;;
        -*) ;;
        *) [ -n "$file" ] || file=$1 ;;
    esac
    shift
done
echo "=====configuration"
cat "$file"
echo
for one in "${over[@]}"; do echo "$one"; done
exit 0
"""
NOTHING = "#!/bin/sh\nexit 0\n"
OWN_IP = "172.18.0.2"


class Missing(Exception):
    pass


class Tree:
    """The files of a repository at a commit, and those that lie beside it."""

    def __init__(self, options, repository, ref="HEAD", version=""):
        name = repository.replace("/", "+")
        self.options, self.version = options, version
        folder = next((f for f in (options.repositories / name / "repo", options.repositories / name) if f.is_dir()), None)
        if folder is None:
            raise Missing(repository)
        self.folder, self.ref, self.extra = folder, ref, options.extra / name if options.extra else None

    def git(self, *words):
        ran = subprocess.run(["git", "-C", self.folder, *words], capture_output=True)
        if ran.returncode:
            raise Missing(f"{self.folder.parent.name} {self.ref} {' '.join(words)}")
        return ran.stdout

    def has_ref(self, ref):
        return not subprocess.run(["git", "-C", self.folder, "rev-parse", "-q", "--verify", ref + "^{commit}"], capture_output=True).returncode

    def beside(self, path):
        file = self.extra / f"{path}@{self.version}" if self.extra else None
        return file if file and file.is_file() else None

    def has(self, path):
        return bool(self.beside(path)) or bool(self.git("ls-tree", self.ref, path))

    def read(self, path):
        beside = self.beside(path)
        return beside.read_text() if beside else self.git("show", f"{self.ref}:{path}").decode()

    def copy(self, folder, target):
        target.mkdir(parents=True, exist_ok=True)
        for name in self.git("ls-tree", "-r", "--name-only", self.ref, folder + "/").decode().splitlines():
            text = subprocess.run(["git", "-C", self.folder, "show", f"{self.ref}:{name}"], capture_output=True).stdout
            if b"\0" not in text:
                write(target / pathlib.PurePath(name).relative_to(folder), text.decode())


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def numbers(text):
    return [int(n) for n in re.findall(r"\d+", text or "")]


def newest(prefix, refs):
    """The newest of the versions that begin with these numbers."""
    fitting = [ref for ref in refs if numbers(ref)[: len(prefix)] == prefix]
    return max(fitting, key=numbers, default=None)


# The version of Kafka for a family's tag, for the files of Kafka's distribution.
def kafka_files(options, version):
    """Kafka's configuration files in a version: the tag that begins with it, else what lies beside the repository."""
    tree = Tree(options, "apache/kafka")
    if version and version[0] >= 4:
        tree.version = "4.0"
        return tree
    tags = [t for t in tree.git("tag").decode().split() if re.fullmatch(r"\d+(\.\d+)+", t)]
    wanted = (version or [3, 8])[:2]
    ref = "3.9" if wanted == [3, 9] else newest(version[:3] if version else wanted, tags) or newest(wanted, tags)
    if ref is None:
        raise Missing(f"apache/kafka {version}")
    tree.ref = ref
    return tree


CONFIGS = ["config/server.properties", "config/broker.properties", "config/controller.properties", "config/kraft/server.properties",
           "config/kraft/broker.properties", "config/kraft/controller.properties", "config/log4j.properties", "config/producer.properties",
           "config/consumer.properties", "config/zookeeper.properties"]


def distribution(kafka, root, home):
    for path in CONFIGS:
        if kafka.has(path):
            write(root / home / path, kafka.read(path))
    for name in ("log4j", "producer", "consumer", "zookeeper"):
        file = root / home / f"config/{name}.properties"
        file.exists() or write(file, "")
    write(root / home / "bin/kafka-server-start.sh", SERVER)
    for name in ("kafka-storage.sh", "kafka-topics.sh", "kafka-configs.sh", "zookeeper-server-start.sh"):
        write(root / home / "bin" / name, NOTHING)


def apache(options, root, one, version):
    tree = Tree(options, "apache/kafka", "3.9")
    versions = sorted(os.listdir(options.jars), key=numbers) if options.jars else []
    exact = newest(version[:3], versions) if version else None
    later = [own for own in versions if numbers(own) >= (version or [4])]
    # The wrapper of the next version, if this one is not there.
    jars = exact or (newest(version[:2], versions) if version else None) or next(iter(later), None)
    if jars is None:
        raise Missing("--jars")
    etc = root / "etc/kafka/docker"
    tree.copy("docker/resources/common-scripts", etc)
    kafka = kafka_files(options, version or [4, 4])
    name = "docker/server.properties" if kafka.version == "4.0" else "config/kraft/server.properties"
    write(etc / "server.properties", kafka.read(name))
    for name in ("log4j.properties", "log4j2.yaml", "tools-log4j.properties", "tools-log4j2.yaml"):
        write(etc / name, "")
    write(etc / "launch",
          f"java -Xshare:auto -XX:TieredStopAtLevel=1 -cp '/jars/{jars}/*' kafka.docker.KafkaDockerWrapper setup --default-configs-dir /etc/kafka/docker"
          " --mounted-configs-dir /mnt/shared/config --final-configs-dir /opt/kafka/config >&2 || true\n"
          "[ -s /opt/kafka/config/server.properties ] && exec /opt/kafka/bin/kafka-server-start.sh /opt/kafka/config/server.properties\n")
    distribution(kafka, root, "opt/kafka")
    for folder in ("mnt/shared/config", "etc/kafka/secrets", "var/lib/kafka/data"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    return [], ["bash", "/etc/kafka/docker/run"], {}, "/"


DUB = """#!/usr/bin/env python3
import sys
sys.path.insert(0, "/dub")
from confluent.docker_utils.dub import main
main()
"""
CUB = """#!/usr/bin/env python3
import re, sys
sys.path.insert(0, "/dub")
if sys.argv[1] == "listeners":
    source = open("/dub/confluent/docker_utils/cub.py").read()
    body = re.search(r"def get_kafka_listeners.*?(?=\\ndef )", source, re.S).group(0)
    exec(body)
    print(get_kafka_listeners(sys.argv[2]))
"""


def confluent(component):
    def prepare(options, root, one, version):
        version = version or [8, 2]
        repository = "confluentinc/kafka-images" if version >= [5, 4] else "confluentinc/cp-docker-images"
        tree = Tree(options, repository)
        tags = [t for t in tree.git("tag").decode().split() if re.fullmatch(r"v\d+\.\d+\.\d+(-\d+)?", t)]
        released = [t for t in tags if "-" not in t]
        tree.ref = newest(version[:3], released) or newest(version[:2], released) or newest(version[:2], tags)
        if tree.ref is None:
            raise Missing(f"{repository} {version}")
        own = component
        if repository.endswith("cp-docker-images"):
            own = {"kafka": "debian/kafka", "server": "debian/enterprise-kafka"}[component]
        elif component == "server" and "enterprise" in one["image"]:
            own = "server"
        etc = root / "etc/confluent/docker"
        if own.startswith("debian/"):
            tree.copy("debian/kafka/include/etc/confluent/docker", etc)
        tree.copy(f"{own}/include/etc/confluent/docker", etc)
        for file in etc.glob("*.template"):
            write(file, file.read_text().replace("iteritems()", "items()"))
        write(etc / "bash-config", "set -o nounset -o errexit\nshow_env() { env; }\n")
        write(etc / "launch", "exec /usr/bin/print-configuration /etc/kafka/kafka.properties\n")
        utils = Tree(options, "confluentinc/confluent-docker-utils")
        utils.copy("confluent", root / "dub/confluent")
        write(root / "usr/local/bin/dub", DUB)
        write(root / "usr/local/bin/cub", CUB)
        ub = "ub-8.1" if version >= [8, 1] else "ub-7.5"
        if (version >= [8, 1] or component == "local") and not (options.programs and (options.programs / ub).exists()):
            raise Missing(f"--programs: {ub}")
        if options.programs and (options.programs / ub).exists():
            shutil.copy(options.programs / ub, root / "usr/local/bin/ub")
        # What formats the storage takes no empty id.
        write(root / "usr/local/bin/kafka-storage", '#!/bin/sh\ncase "$*" in *--cluster-id=\\ *) echo "Cluster ID string  does not appear to be a valid UUID" >&2; exit 1;; esac\n')
        write(root / "usr/local/bin/kafka-server-start", SERVER)
        for folder in ("etc/kafka/secrets", "etc/kafka-rest", "var/lib/kafka/data"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        own_variables = {"KAFKA_ADVERTISED_LISTENERS": "", "COMPONENT": "kafka"}
        if version < [8]:
            own_variables["KAFKA_ZOOKEEPER_CONNECT"] = ""
        if version >= [7, 4]:
            own_variables["CLUSTER_ID"] = ""
        if component == "local":
            del own_variables["COMPONENT"]
        return [], ["bash", "/etc/confluent/docker/run"], own_variables, "/"

    return prepare


# The commits of bitnami/containers for the scripts in catalog/families/bitnami.toml.
BITNAMI = {
    "bitnami-docker-kafka": ("bitnami/bitnami-docker-kafka", "HEAD", "2/debian-10"),
    "3.4.0-debian-11-r0": ("beertje44/bitnami-containers", "6507ab156e5", "bitnami/kafka/3.4/debian-11"),
    "3.3.1-debian-11-r33": ("beertje44/bitnami-containers", "77b41adbea7", "bitnami/kafka/3.3/debian-11"),
    "3.2.3-debian-11-r74": ("beertje44/bitnami-containers", "d6b301cbb17", "bitnami/kafka/3.2/debian-11"),
    "3.3.2-debian-11-r30": ("beertje44/bitnami-containers", "2587fc6d0f1", "bitnami/kafka/3.3/debian-11"),
    "3.4.1-debian-11-r7": ("beertje44/bitnami-containers", "70d3182eb3f", "bitnami/kafka/3.4/debian-11"),
    "3.5.0-debian-11-r0": ("beertje44/bitnami-containers", "81dbdf58fde", "bitnami/kafka/3.5/debian-11"),
    "3.2.3-debian-12-r24": ("beertje44/bitnami-containers", "10b482bae68", "bitnami/kafka/3.2/debian-12"),
    "3.3.2-debian-12-r29": ("beertje44/bitnami-containers", "1374c9c3db8", "bitnami/kafka/3.3/debian-12"),
    "3.4.1-debian-12-r30": ("beertje44/bitnami-containers", "82cf83955a4", "bitnami/kafka/3.4/debian-12"),
    "3.9.0-debian-12-r0": ("beertje44/bitnami-containers", "HEAD", "bitnami/kafka/3.9/debian-12"),
    "4.0.0-debian-12-r0": ("beertje44/bitnami-containers", "HEAD", "bitnami/kafka/3.9/debian-12"),
    "4.1.0": ("beertje44/bitnami-containers", "HEAD", "bitnami/kafka/3.9/debian-12"),
}


def bitnami(options, root, one, version):
    source = one["script"]
    key = next((key for key in BITNAMI if key in source), None)
    if key is None:
        raise Missing(source)
    repository, ref, folder = BITNAMI[key]
    tree = Tree(options, repository, ref)
    tree.copy(f"{folder}/prebuildfs/opt/bitnami/scripts", root / "opt/bitnami/scripts")
    tree.copy(f"{folder}/rootfs/opt/bitnami/scripts", root / "opt/bitnami/scripts")
    if key[0] == "4":
        for name in ("libkafka.sh", "kafka-env.sh", "kafka/setup.sh"):
            beside = options.extra / f"bitnami+containers/{name}@{key[:3]}" if options.extra else None
            if beside and beside.is_file():
                write(root / "opt/bitnami/scripts" / name, beside.read_text())
            elif name != "kafka/setup.sh":
                raise Missing(f"--extra bitnami+containers/{name}@{key[:3]}")
    kafka = kafka_files(options, version or [4, 4])
    distribution(kafka, root, "opt/bitnami/kafka")
    number = ".".join(map(str, (version or [4, 1, 0])[:3]))
    write(root / "opt/bitnami/kafka/bin/kafka-topics.sh", f"#!/bin/sh\necho {number if number.count('.') > 1 else number + '.0'}\n")
    write(root / "opt/bitnami/kafka/bin/kafka-storage.sh", "#!/bin/sh\n[ \"$1\" != random-uuid ] || echo ldlg5yhkQeWtnUrZrC6edg\n")
    for name in ("kafka.keystore.jks", "kafka.truststore.jks", "zookeeper.truststore.jks"):
        write(root / "opt/bitnami/kafka/config/certs" / name, "")
    for folder in ("bitnami/kafka/data", "docker-entrypoint-initdb.d"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    postunpack = "BITNAMI_APP_NAME=kafka /opt/bitnami/scripts/kafka/postunpack.sh >&2"
    link = {"run.sh": "/opt/bitnami/scripts/kafka/run.sh", "entrypoint.sh": "/opt/bitnami/scripts/kafka/entrypoint.sh"}
    for name, target in link.items():
        (root / name).symlink_to(target)
    one["before"] = postunpack
    one["user"] = "1001"
    own = {"APP_VERSION": number, "BITNAMI_APP_NAME": "kafka", "PATH": "/opt/bitnami/kafka/bin:/usr/local/bin:/usr/bin:/usr/sbin"}
    return ["/opt/bitnami/scripts/kafka/entrypoint.sh"], ["/opt/bitnami/scripts/kafka/run.sh"], own, "/"


def debezium(options, root, one, version):
    tree = Tree(options, "debezium/container-images")
    folders = [f.split("/")[1] for f in tree.git("ls-tree", "--name-only", "HEAD", "kafka/").decode().split()]
    folder = newest((version or [3])[:2], folders)
    if folder is None:
        raise Missing(f"debezium {version}")
    # Bash of today leaves the script where a value has a second "="; that of the images went on.
    script = tree.read(f"kafka/{folder}/docker-entrypoint.sh").replace("(.*)=.*/\\1", "([^=]*)=.*/\\1")
    write(root / "docker-entrypoint.sh", script)
    dockerfile = tree.read(f"kafka/{folder}/Dockerfile")
    kafka = kafka_files(options, numbers(re.search(r"KAFKA_VERSION=([\d.]+)", dockerfile).group(1)))
    distribution(kafka, root, "kafka")
    shutil.copytree(root / "kafka/config", root / "kafka/config.orig")
    write(root / "etc/redhat-release", "RedHat release\n")
    (root / "kafka/data").mkdir()
    write(root / "usr/local/bin/ip", f'#!/bin/sh\nprintf "2: eth0: <BROADCAST>\\n link\\n    inet {OWN_IP}/16\\n"\n')
    own = {"KAFKA_HOME": "/kafka", "KAFKA_VERSION": "x"}
    if "KAFKA_DATA" in dockerfile:
        own["KAFKA_DATA"] = "/kafka/data"
    return ["/docker-entrypoint.sh"], ["start"], own, "/kafka"


def wurstmeister(options, root, one, version):
    tree = Tree(options, "wurstmeister/kafka-docker")
    write(root / "usr/local/bin/start-kafka.sh", tree.read("start-kafka.sh"))
    write(root / "usr/local/bin/create-topics.sh", NOTHING)
    write(root / "usr/local/bin/docker", "#!/bin/sh\necho 0.0.0.0:32768\n")
    distribution(kafka_files(options, version or [2, 8, 1]), root, "opt/kafka")
    return [], ["start-kafka.sh"], {"KAFKA_HOME": "/opt/kafka", "KAFKA_VERSION": "2.8.1", "PATH": "/usr/local/bin:/usr/bin:/usr/sbin:/opt/kafka/bin"}, "/"


def blacktop(options, root, one, version):
    tree = Tree(options, "blacktop/docker-kafka-alpine")
    folder = newest((version or [3])[:2], [f for f in tree.git("ls-tree", "--name-only", "HEAD").decode().split() if re.fullmatch(r"\d+\.\d+", f)])
    distribution(kafka_files(options, version or [3, 3]), root, "opt/kafka")
    write(root / "kafka-entrypoint.sh", tree.read(f"{folder}/kafka-entrypoint.sh"))
    write(root / "opt/kafka/config/server.properties", tree.read(f"{folder}/config/server.properties"))
    write(root / "configure-kafka.sh", tree.read(f"{folder}/scripts/configure-kafka.sh"))
    for name in ("configure-zookeeper.sh", "create-topics.sh"):
        write(root / name, NOTHING)
    for name in ("chown", "nc", "docker"):
        write(root / "usr/local/bin" / name, NOTHING)
    write(root / "usr/local/bin/su-exec", '#!/bin/sh\nshift\nexec "$@"\n')
    return ["/kafka-entrypoint.sh"], ["kafka-server-start.sh", "config/server.properties"], {"KAFKA_VERSION": "3.3.1", "PATH": "/opt/kafka/bin:/usr/local/bin:/usr/bin:/usr/sbin"}, "/opt/kafka"


def fast_data_dev(options, root, one, version):
    tree = Tree(options, "lensesio/fast-data-dev", "fdd/main")
    script = tree.read("setup-and-run.sh")
    # The part that configures the broker; the rest starts and lists the other programs.
    script = script.split("# Create run directories for various services")[0] + "mkdir -p /var/run/{zookeeper,broker,schema-registry,connect,rest-proxy}\n" + \
        "if [[ -n ${ADV_HOST} ]]; then" + script.split("if [[ -n ${ADV_HOST} ]]; then")[1].split("# setup supervisord")[0].replace("sed -e", ": sed -e")
    write(root / "usr/local/bin/setup-and-run.sh", script + "\nexec /usr/bin/print-configuration /var/run/broker/server.properties\n")
    write(root / "usr/local/share/lensesio/config_kafka.sh", tree.read("filesystem/usr/local/share/lensesio/config_kafka.sh"))
    write(root / "build.info", "BUILD=1\n")
    (root / "data/zookeeper").mkdir(parents=True)
    return [], ["/usr/local/bin/setup-and-run.sh"], {}, "/"


def supervised(repository, path, version, folder):
    def prepare(options, root, one, _):
        tree = Tree(options, repository)
        write(root / "usr/bin-own/start-kafka.sh", tree.read(path))
        distribution(kafka_files(options, numbers(version)), root, folder)
        home = "/" + folder
        write(root / "usr/local/bin/supervisord", f"#!/bin/sh\nexec sh /usr/bin-own/start-kafka.sh\n")
        return [], ["supervisord", "-n"], {"KAFKA_HOME": home, "KAFKA_VERSION": version}, "/"

    return prepare


def zipkin(options, root, one, version):
    tree = Tree(options, "openzipkin/zipkin")
    folder = "docker/test-images/zipkin-kafka"
    install = tree.read(f"{folder}/install.sh")
    properties = re.search(r"cat > config/server.properties <<-'EOF'\n(.*?)\nEOF", install, re.S).group(1)
    write(root / "kafka/config/server.properties", properties + "\n")
    write(root / "kafka/config/log4j.properties", "")
    write(root / "kafka/bin/kafka-run-class.sh", '#!/bin/bash\nshift\nexec /usr/bin/print-configuration "$@"\n')
    write(root / "usr/local/bin/start-kafka-zookeeper", tree.read(f"{folder}/start-kafka-zookeeper"))
    write(root / "usr/local/bin/nc", NOTHING)
    write(root / "usr/local/bin/java", NOTHING)
    own = {"KAFKA_ADVERTISED_HOST_NAME": "localhost", "LOGGING_LEVEL": "WARN", "ZOOKEEPER_JAVA_OPTS": "", "JAVA_OPTS": ""}
    return ["start-kafka-zookeeper"], [], own, "/kafka"


def ubuntu(options, root, one, version):
    tree = Tree(options, "canonical/kafka-rock")
    rock = tree.read("rockcraft.yaml")
    command = re.search(r'sh -c\s+"(.*?)"', rock, re.S).group(1)
    distribution(kafka_files(options, version or [3, 6]), root, "opt/kafka")
    shutil.copytree(root / "opt/kafka/config", root / "etc/kafka")
    file = root / "etc/kafka/server.properties"
    file.write_text(file.read_text().replace("log.dirs=/tmp/kafka-logs", "log.dirs=/var/lib/kafka"))
    return [], ["sh", "-c", " ".join(command.split())], {"ZOOKEEPER_HOST": "zookeeper", "ZOOKEEPER_PORT": "2181"}, "/"


def command_only(home, versions):
    def prepare(options, root, one, version):
        distribution(kafka_files(options, versions(one, version)), root, home)
        return [], [], {"PATH": f"/usr/local/bin:/usr/bin:/usr/sbin", "KAFKA_HOME": "/" + home}, "/" + home

    return prepare


def redpanda(options, root, one, version):
    tree = Tree(options, "redpanda-data/redpanda")
    if not (options.programs and (options.programs / "rpk-start").exists()):
        raise Missing("--programs: rpk-start")
    write(root / "opt/redpanda/bin/redpanda", NOTHING)
    shutil.copy(options.programs / "rpk-start", root / "opt/redpanda/bin/rpk")
    write(root / "etc/redpanda/redpanda.yaml", tree.read("conf/redpanda.yaml"))
    (root / "var/lib/redpanda/data").mkdir(parents=True)
    # The image's entrypoint splits its words at blanks.
    return ["sh", "-c", "exec rpk $*", "sh"], ["redpanda", "start", "--overprovisioned"], {"PATH": "/opt/redpanda/bin:/usr/local/bin:/usr/bin:/usr/sbin"}, "/"


FAMILIES = {
    "apache": apache,
    "confluent": confluent("kafka"),
    "confluent-server": confluent("server"),
    "confluent-local": confluent("local"),
    "bitnami": bitnami,
    "debezium": debezium,
    "wurstmeister": wurstmeister,
    "blacktop": blacktop,
    "fast-data-dev": fast_data_dev,
    "spotify": supervised("spotify/docker-kafka", "kafka/scripts/start-kafka.sh", "0.10.1.0", "opt/kafka_2.11-0.10.1.0"),
    "johnnypark": supervised("hey-johnnypark/docker-kafka-zookeeper", "assets/scripts/start-kafka.sh", "2.7.0", "opt/kafka_2.13-2.7.0"),
    "krisgeus": supervised("krisgeus/docker-kafka", "scripts/start-kafka.sh", "2.3.0", "opt/kafka_2.12-2.3.0"),
    "zipkin": zipkin,
    "ubuntu": ubuntu,
    "redpanda": redpanda,
    "strimzi": command_only("opt/kafka", lambda one, version: version),
    "automq": command_only("opt/kafka/kafka", lambda one, version: [3, 9]),
}
