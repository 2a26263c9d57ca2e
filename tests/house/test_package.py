"""The package's own front door: what it imports at once, how fast it answers, and what travels in the wheel."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import segaudit
from tests.house.tree import PACKAGE, ROOT

#: What takes longer to import than `--version` and `--help` may take altogether.
HEAVY = (
    "oxidd",
    "networkx",
    "netaddr",
    "pydantic",
    "jinja2",
    "rich",
    "yaml",
    "xlsxwriter",
    "asyncio",
    "concurrent.futures",
)

needs_cli = pytest.mark.skipif(not (PACKAGE / "cli" / "__init__.py").exists(), reason="there is no command line yet")


def python(code: str, *, cwd: Path = ROOT, **environment: str) -> str:
    """What a fresh interpreter prints."""
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_package_imports_nothing_of_its_own() -> None:
    code = "import sys; import segaudit; print(sorted(name for name in sys.modules if name.startswith('segaudit')))"
    assert python(code).strip() == "['segaudit']"


def test_the_version_is_a_release_number() -> None:
    assert segaudit.__version__.count(".") == 2
    assert f'version = "{segaudit.__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@needs_cli
@pytest.mark.parametrize("option", ["--version", "--help"])
def test_what_answers_at_once_imports_nothing_heavy(option: str) -> None:
    code = (
        "import sys\n"
        "from segaudit.cli import main\n"
        "try:\n"
        f"    main([{option!r}])\n"
        "except SystemExit:\n"
        "    pass\n"
        f"print('heavy:', sorted(set({HEAVY!r}) & set(sys.modules)))\n"
    )
    assert python(code).splitlines()[-1] == "heavy: []"


@needs_cli
def test_the_version_takes_eighty_milliseconds_at_most() -> None:
    # Processor time of the best of several runs, so that a busy machine does not fail it.
    def seconds() -> float:
        before = os.times()
        run = subprocess.run(
            [sys.executable, "-m", "segaudit", "--version"], capture_output=True, text=True, check=True
        )
        after = os.times()
        assert segaudit.__version__ in run.stdout
        return after.children_user + after.children_system - before.children_user - before.children_system

    assert min(seconds() for _ in range(7)) <= 0.08


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside the checkout that the wheel is installed in; its dependencies come from this environment."""
    folder = tmp_path_factory.mktemp("elsewhere")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(folder), str(wheel)]
    subprocess.run(pip, capture_output=True, text=True, check=True)
    return folder


def data_files(folder: Path) -> dict[str, bytes]:
    """Every file that is not code, by its path below the folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }


def test_the_wheel_is_pure_python_and_has_all_data(wheel: Path) -> None:
    assert wheel.name.endswith("-py3-none-any.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"segaudit/{name}" for name in data_files(PACKAGE)} <= names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "docs/"))]


def test_an_installed_wheel_has_the_policies_of_this_tree(installed: Path) -> None:
    assert data_files(installed / "segaudit" / "_policies") == data_files(ROOT / "policies")


@needs_cli
def test_an_installed_wheel_finds_its_policies(installed: Path, tmp_path: Path) -> None:
    where = python("import segaudit; print(segaudit.__file__)", cwd=tmp_path, PYTHONPATH=str(installed))
    assert Path(where.strip()).is_relative_to(installed)
    code = "import sys; from segaudit.cli import main; sys.exit(main(['policies']))"
    assert "bigman-4" in python(code, cwd=tmp_path, PYTHONPATH=str(installed))
