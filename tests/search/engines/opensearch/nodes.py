"""Nodes of OpenSearch on this machine, for the tests: an installation made of libraries, and processes that run it.

    python -m tests.search.engines.opensearch.nodes [--nodes N] COMMAND...

starts N nodes, runs a command with CUTTINGS_TEST_OPENSEARCH set to their address, and ends them. It needs Java 17 or
newer, and Maven where there is no installation yet (`build/opensearch`). The nodes listen on 127.0.0.1 only.
"""

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

POM = Path(__file__).with_name("pom.xml")
INSTALLATION = Path(__file__).resolve().parents[4] / "build" / "opensearch"
# A node answers in 7 seconds on a quiet machine, three in up to 60; on a busy one they take as long as it is busy.
START_SECONDS = 300
_NOBODY = 65534


class NotAvailableError(Exception):
    """Nodes cannot run here. The message says what is missing."""


class StartError(Exception):
    """Nodes did not start. The message has the end of their logs."""


@dataclass(frozen=True)
class Module:
    """A module of a node: its class, the libraries of its own, what it may do, and the module that it extends."""

    name: str
    entry: str
    libraries: tuple[str, ...]
    permissions: tuple[str, ...] = ()
    extends: str = ""


_RUNTIME = "java.lang.RuntimePermission"
MODULES = (
    Module(
        "transport-netty4",
        "org.opensearch.transport.Netty4Plugin",
        ("transport-netty4-client-*.jar", "netty-*.jar"),
        (
            'java.io.FilePermission "/proc/sys/net/core/somaxconn", "read"',
            'java.net.SocketPermission "*", "accept,connect"',
            'java.util.PropertyPermission "sun.nio.ch.bugLevel", "write"',
            f'{_RUNTIME} "setContextClassLoader"',
            f'{_RUNTIME} "getClassLoader"',
        ),
    ),
    Module(
        "lang-painless",
        "org.opensearch.painless.PainlessPlugin",
        ("lang-painless-*.jar", "opensearch-scripting-painless-spi-*.jar", "antlr4-runtime-*.jar", "asm*.jar"),
        (f'{_RUNTIME} "createClassLoader"', f'{_RUNTIME} "getClassLoader"'),
    ),
    Module(
        "analysis-common",
        "org.opensearch.analysis.common.CommonAnalysisPlugin",
        ("analysis-common-*.jar",),
        extends="lang-painless",
    ),
    Module(
        "parent-join",
        "org.opensearch.join.ParentJoinPlugin",
        ("parent-join-client-*.jar",),
        extends="lang-painless",
    ),
)
_LOGGING = """
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""


def install(home: Path = INSTALLATION) -> Path:
    """Returns an installation, made with Maven unless it is there. Raises NotAvailableError."""
    if shutil.which("java") is None:
        raise NotAvailableError("Java is not installed (apt-get install openjdk-17-jre-headless)")
    if (home / "complete").exists():
        return home
    if shutil.which("mvn") is None:
        raise NotAvailableError("Maven is not installed (apt-get install maven)")
    shutil.rmtree(home, ignore_errors=True)
    (home / "lib").mkdir(parents=True)
    for name in ("plugins", "bin"):
        (home / name).mkdir()
    copy = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={home / 'lib'}"]
    if subprocess.run(copy, check=False, stdin=subprocess.DEVNULL).returncode:
        raise NotAvailableError("Maven cannot fetch the libraries of OpenSearch")
    for module in MODULES:
        _install_module(home, module)
    # Only annotations for compilers.
    for library in (*(home / "lib").glob("error_prone_annotations-*.jar"), *(home / "lib").glob("jspecify-*.jar")):
        library.unlink()
    (home / "complete").touch()
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return home


def _install_module(home: Path, module: Module) -> None:
    folder = home / "modules" / module.name
    folder.mkdir(parents=True)
    for library in sorted((home / "lib").iterdir()):
        if any(fnmatch(library.name, pattern) for pattern in module.libraries):
            library.rename(folder / library.name)
    version = next(path.stem.removeprefix("opensearch-core-") for path in (home / "lib").glob("opensearch-core-*.jar"))
    properties = {
        "name": module.name,
        "description": module.name,
        "version": version,
        "opensearch.version": version,
        "java.version": "11",
        "classname": module.entry,
        "extended.plugins": module.extends,
        "has.native.controller": "false",
    }
    lines = (f"{name}={value}\n" for name, value in properties.items())
    (folder / "plugin-descriptor.properties").write_text("".join(lines))
    if module.permissions:
        granted = "".join(f"  permission {permission};\n" for permission in module.permissions)
        (folder / "plugin-security.policy").write_text(f"grant {{\n{granted}}};\n")


class Node:
    """A node: its ports, its folder and its process."""

    def __init__(self, home: Path, folder: Path, number: int, ports: Sequence[tuple[int, int]]) -> None:
        self.port, self._transport = ports[number]
        self._home = home
        self._folder = folder / f"node{number}"
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("config", "data", "logs", "tmp"):
            (self._folder / name).mkdir(parents=True)
        seeds = ", ".join(f'"127.0.0.1:{transport}"' for _, transport in ports)
        managers = ", ".join(f"node{other}" for other in range(len(ports)))
        (self._folder / "config" / "opensearch.yml").write_text(
            f"cluster.name: cuttings-tests-{ports[0][0]}\n"
            f"node.name: node{number}\n"
            f"path.data: {self._folder / 'data'}\n"
            f"path.logs: {self._folder / 'logs'}\n"
            "network.host: 127.0.0.1\n"
            f"http.port: {self.port}\n"
            f"transport.port: {self._transport}\n"
            f"discovery.seed_hosts: [{seeds}]\n"
            f"cluster.initial_cluster_manager_nodes: [{managers}]\n"
            "cluster.routing.allocation.disk.threshold_enabled: false\n"
            "action.auto_create_index: false\n"
            "node.processors: 2\n"
        )
        (self._folder / "config" / "log4j2.properties").write_text(_LOGGING)
        if os.geteuid() == 0:
            # OpenSearch refuses to run as root.
            for path in (self._folder, *self._folder.rglob("*")):
                os.chown(path, _NOBODY, _NOBODY)

    def start(self) -> None:
        """Starts the process. It answers some seconds later."""
        tmp = self._folder / "tmp"
        options = {
            "java.security.manager": "allow",
            "java.io.tmpdir": tmp,
            "jna.nosys": "true",
            "jna.tmpdir": tmp,
            "java.awt.headless": "true",
            "file.encoding": "UTF-8",
            "log4j2.disable.jmx": "true",
            "log4j.shutdownHookEnabled": "false",
            "io.netty.noUnsafe": "true",
            "io.netty.noKeySetOptimization": "true",
            "io.netty.recycler.maxCapacityPerThread": "0",
            "opensearch.networkaddress.cache.ttl": "60",
            "opensearch.path.home": self._home,
            "opensearch.path.conf": self._folder / "config",
            "opensearch.distribution.type": "tar",
            "opensearch.bundled_jdk": "false",
        }
        # The first compiler alone: a node of a test does not live long enough for the second.
        command = [
            *("java", "-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"),
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            *(f"-D{name}={value}" for name, value in options.items()),
            *("-cp", f"{self._home / 'lib'}/*", "org.opensearch.bootstrap.OpenSearch"),
        ]
        account = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        with (self._folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, "OPENSEARCH_PATH_CONF": str(self._folder / "config")},
                **account,  # type: ignore[call-overload]
            )

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Ends the process by a signal, and waits for its end."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None

    @property
    def has_failed(self) -> bool:
        """Whether the process has ended by itself."""
        return self._process is not None and self._process.poll() is not None

    @property
    def output(self) -> str:
        """What the node has written to its log."""
        return (self._folder / "output").read_text(errors="replace")


class Nodes:
    """Some nodes that make a cluster."""

    def __init__(self, home: Path, folder: Path, count: int) -> None:
        ports = [(_free_port(), _free_port()) for _ in range(count)]
        self.nodes = [Node(home, folder, number, ports) for number in range(count)]

    @property
    def hosts(self) -> str:
        """The hosts as they are written in an address."""
        return ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    def start(self) -> None:
        """Starts all nodes, and waits until they have found each other. Raises StartError."""
        for node in self.nodes:
            node.start()
        self.wait_for(len(self.nodes))

    def wait_for(self, count: int) -> None:
        """Waits until a node answers that the cluster has so many nodes, and each index a copy that works.

        Nodes that come back find each other before they have opened their copies.
        """
        conditions = f"wait_for_nodes={count}&wait_for_status=yellow&wait_for_no_initializing_shards=true"
        query = f"/_cluster/health?{conditions}&timeout=5s"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and not any(node.has_failed for node in self.nodes):
            for node in self.nodes:
                with (
                    contextlib.suppress(OSError),
                    urllib.request.urlopen(f"http://127.0.0.1:{node.port}{query}", timeout=10) as answer,
                ):
                    if b'"timed_out":false' in answer.read():
                        return
            time.sleep(0.2)
        written = "\n".join(node.output[-2000:] for node in self.nodes)
        raise StartError(f"The nodes did not start within {START_SECONDS} seconds:\n{written}")

    def end(self) -> None:
        """Ends all nodes."""
        for node in self.nodes:
            node.end()


@contextlib.contextmanager
def running(count: int) -> Iterator[Nodes]:
    """Runs nodes for the block. Raises NotAvailableError."""
    home = install()
    with tempfile.TemporaryDirectory(prefix="opensearch-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        nodes = Nodes(home, Path(folder), count)
        try:
            nodes.start()
            yield nodes
        finally:
            nodes.end()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def main() -> int:
    """Runs a command beside nodes, and returns its exit code."""
    parser = argparse.ArgumentParser(description="Runs a command with nodes of OpenSearch beside it.")
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    try:
        with running(options.nodes) as nodes:
            replicas = min(options.nodes - 1, 1)
            address = f"opensearch://{nodes.hosts}/tests?replicas={replicas}"
            return subprocess.run(
                options.command, check=False, env={**os.environ, "CUTTINGS_TEST_OPENSEARCH": address}
            ).returncode
    except NotAvailableError as error:
        print(f"Skipped the tests on OpenSearch: {error}.", file=sys.stderr)
        return 0


if __name__ == "__main__":
    sys.exit(main())
