"""The package's own front door."""

import subprocess
import sys

import segaudit


def test_the_package_imports_nothing_of_its_own() -> None:
    code = "import sys; import segaudit; print(sorted(name for name in sys.modules if name.startswith('segaudit')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "['segaudit']"


def test_the_version_is_a_release_number() -> None:
    assert segaudit.__version__.count(".") == 2
