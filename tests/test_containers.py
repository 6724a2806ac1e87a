"""Dockerfile and compose.yaml: what they name is in the project, and they agree with it and with each other."""

import re
import tomllib
from fnmatch import fnmatch
from xml.etree import ElementTree

import pytest
from django.core.management import load_command_class
from django.urls import resolve

from archive.settings import SETTINGS
from search.engines.opensearch import read_address
from tests.paths import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
POM = ROOT / "tests" / "search" / "engines" / "opensearch" / "pom.xml"
# What the containers of others read.
OTHER_VARIABLES = {"POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_INITDB_ARGS"}


def instructions(name: str) -> list[str]:
    """Returns what follows an instruction of the Dockerfile, with the lines that continue it."""
    joined = re.sub(r"\\\n\s*", "", DOCKERFILE)
    return re.findall(rf"^{name} (.+)$", joined, re.MULTILINE)


def copied() -> list[str]:
    """Returns the paths of the project that the image has."""
    lines = [line for line in instructions("COPY") if not line.startswith("--from")]
    return [path for line in lines for path in line.split()[:-1]]


def services() -> dict[str, str]:
    """Returns the text of each service of compose.yaml."""
    text = re.search(r"^services:\n(.*?)^\w", COMPOSE, re.MULTILINE | re.DOTALL)
    assert text
    parts = re.split(r"^  (\w+):\n", text[1], flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def images() -> list[str]:
    return [image.split()[0] for image in instructions("FROM")] + re.findall(
        r"^    image: (.+)$", COMPOSE, re.MULTILINE
    )


# --- the image ---


def test_every_copied_path_exists_and_reaches_the_build() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert ignored[0] == "*"
    assert [path for path in copied() if not (ROOT / path).exists()] == []
    assert sorted(copied()) == sorted(path[1:] for path in ignored if path.startswith("!"))


def test_image_has_every_package_and_folder_that_the_site_reads() -> None:
    packages = PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    needed = {path.name for path in ROOT.iterdir() if any(fnmatch(path.name, package) for package in packages)}
    assert needed | {"templates", "static", "seeds", "manage.py"} <= set(copied())


def test_image_has_the_oldest_python_that_the_project_takes() -> None:
    (oldest,) = re.findall(r">=([\d.]+)", PROJECT["project"]["requires-python"])
    assert {image.partition("-")[0] for image in images() if image.startswith("python:")} == {f"python:{oldest}"}


def test_images_have_a_version() -> None:
    versions = [image.partition(":")[2] for image in images()]
    assert [version for version in versions if not re.match(r"\d", version)] == []


def test_packages_are_pinned_with_hashes() -> None:
    (install,) = (line for line in instructions("RUN") if "pip install" in line)
    named = re.search(r"--require-hashes -r /([\w.-]+)", install)
    assert named
    pins = re.split(r"\n(?=\S)", (ROOT / named[1]).read_text(encoding="utf-8"))
    assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []
    names = {re.split(r"[=\[]", pin)[0].lower() for pin in pins}
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"], *extras["postgres"], *extras["opensearch"]]
    assert {re.split(r"[<>=\[]", requirement)[0].lower() for requirement in wanted} <= names


def test_archive_runs_as_a_user_with_a_fixed_number() -> None:
    (user,) = instructions("USER")
    number, _, group = user.partition(":")
    assert number == group != "0"
    assert any(f"useradd --uid {number} " in line for line in instructions("RUN"))


def test_command_and_health_check_are_those_of_the_archive() -> None:
    (command,) = instructions("CMD")
    words = re.findall(r'"([^"]*)"', command)
    parser = load_command_class("archive", words[0]).create_parser("manage.py", words[0])
    options = parser.parse_args(words[1:])
    (exposed,) = instructions("EXPOSE")
    assert options.port == int(exposed)
    (check,) = instructions("HEALTHCHECK")
    address = re.search(r"HTTPConnection\('127.0.0.1', (\d+).*request\('GET', '([^']+)'\)", check)
    assert address
    assert int(address[1]) == options.port
    assert resolve(address[2]).url_name == "healthz"


# --- compose.yaml ---


def test_variables_are_settings() -> None:
    named = set(re.findall(r"^\s+([A-Z][A-Z_]+): ", COMPOSE, re.MULTILINE)) | set(re.findall(r"\$\{(\w+)", COMPOSE))
    named |= set(re.findall(r"\b([A-Z_]+)=", " ".join(instructions("ENV"))))
    known = {setting.name for setting in SETTINGS}
    of_others = OTHER_VARIABLES | {name for name in named if name.startswith(("PYTHON", "OPENSEARCH_", "DISABLE_"))}
    assert named - of_others <= known
    assert {"ARCHIVE_HOME", "ARCHIVE_DATABASE_URL", "ARCHIVE_SEARCH_ENGINE"} <= named


def test_defaults_are_those_of_the_settings() -> None:
    defaults = {setting.name: setting.default for setting in SETTINGS}
    found = dict(re.findall(r"\$\{(ARCHIVE_\w+):-([^}]*)\}", COMPOSE))
    # No container is reached by IPv6.
    expected = defaults | {"ARCHIVE_HOSTS": "localhost,127.0.0.1"}
    assert found == {name: expected[name] for name in found}


def test_addresses_of_database_and_index_name_services() -> None:
    (database,) = re.findall(r"ARCHIVE_DATABASE_URL: postgres://archive:\S+@(\w+):5432/archive\?", COMPOSE)
    ((address, search),) = re.findall(r"ARCHIVE_SEARCH_ENGINE: (opensearch://(\w+):9200/\w+)", COMPOSE)
    assert read_address(address).hosts == ((search, 9200),)
    assert {database, search} <= set(services())


def test_cluster_has_the_version_that_the_tests_run_on() -> None:
    tree = ElementTree.parse(POM)  # noqa: S314  # our own file
    tested = tree.findtext(".//{*}opensearch.version")
    assert f"    image: opensearchproject/opensearch:{tested}\n" in COMPOSE


@pytest.mark.parametrize(("service", "profile"), [("archive", "sqlite"), ("web", "cluster"), ("prepare", "cluster")])
def test_archive_is_in_both_profiles_and_keeps_its_home(service: str, profile: str) -> None:
    text = services()[service]
    assert f"profiles: [{profile}]" in text
    (home,) = re.findall(r'volumes: \["(\w+):/data"\]', text)
    assert re.search(rf"^volumes:\n(?:  \w+:\n)*  {home}:$", COMPOSE, re.MULTILINE)
    assert "ARCHIVE_HOME=/data" in " ".join(instructions("ENV"))


def test_only_the_site_is_published_and_to_this_machine_alone() -> None:
    published = {name: re.findall(r"ports: (.+)", text) for name, text in services().items()}
    assert {name for name, ports in published.items() if ports} == {"archive", "web"}
    assert all(port == '["127.0.0.1:8000:8000"]' for ports in published.values() for port in ports)


def test_services_without_a_password_are_in_a_network_of_their_own() -> None:
    assert re.search(r"^networks:\n  inner:\n(?:    #.*\n)*    internal: true$", COMPOSE, re.MULTILINE)
    for name in ("database", "search", "prepare"):
        assert "networks: [inner]\n" in services()[name]
