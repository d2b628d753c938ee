"""`hp ls` of installed packages and their dependencies."""

import json

import pytest

from programs import output_of
from samples import LISTING, PROG

pytestmark = pytest.mark.one_kernel


@pytest.fixture
def site(hp):
    """Return a function that installs a package in a folder; its `path` puts the folder on the import path."""
    folder = hp.folder / "site"

    def install(name, version="1.0", requires=(), source=PROG, files=None):
        module = name.replace("-", "_")
        hp.write(f"site/{module}/__init__.py", source)
        info = f"site/{module}-{version}.dist-info"
        requirements = "".join(f"Requires-Dist: {text}\n" for text in requires)
        hp.write(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requirements}")
        hp.write(f"{info}/RECORD", "".join(f"{file},,\n" for file in files or [f"{module}/__init__.py"]))

    install.path = {"PYTHONPATH": str(folder)}
    return install


ONE_READ = "import hyperparameter as hp\nhp.scope.{}.x | 1\n"


def install_chain(site):
    """Install packages that require each other; all except `plain` use the library."""
    site("a", "1", ["plain", "hyperparameter", "far; extra == 'far'"], ONE_READ.format("a"))
    site("plain", "1", ["b[more]>2", "a"])
    site("b", "2", ["hyperparameter", "c; extra == 'more'", "d ; extra == 'less'"], ONE_READ.format("b"))
    site("c", "3", ["hyperparameter", "missing"], ONE_READ.format("c"))
    site("d", "4", ["hyperparameter"], ONE_READ.format("d"))
    site("far", "5", ["hyperparameter"], ONE_READ.format("far"))


def test_installed_packages_that_use_the_library_are_listed(hp, site):
    site(
        "zeta",
        "2.1",
        ["Hyper_Parameter.not>1", "hyperparameter>=0.1; extra == 'conf'"],
        ONE_READ.format("zeta"),
    )
    site("al-pha", "1.0", ["hyperparameter[cli]"])
    site("other", "1.0", ["numpy", "hyperparameters"])
    assert output_of(hp("ls", **site.path)) == "al-pha  1.0  8 keys\nzeta    2.1  1 key\n"
    assert json.loads(output_of(hp("ls", "-f", "json", **site.path))) == [
        {"package": "al-pha", "version": "1.0", "keys": 8},
        {"package": "zeta", "version": "2.1", "keys": 1},
    ]


def test_a_package_is_found_by_the_name_of_its_distribution_or_module(hp, site):
    site("al-pha", "1.0", ["hyperparameter"])
    listing = LISTING.replace("prog.py", "al_pha/__init__.py")
    for name in ("al-pha", "Al.Pha", "al_pha"):
        records = json.loads(output_of(hp("ls", name, "-f", "json", **site.path)))
        assert {(record["package"], record["place"].split(":")[0]) for record in records} == {
            ("al-pha", "al_pha/__init__.py")
        }
    assert output_of(hp("ls", "al-pha", **site.path)).split() == listing.split()
    hp.write("site/lone.py", ONE_READ.format("lone"))
    assert output_of(hp("ls", "lone", **site.path)) == "lone\n  x  int  1  lone.py:2\n"


def test_the_files_of_an_editable_package_are_found(hp, site):
    hp.write("work/src/mine/__init__.py", ONE_READ.format("mine"))
    site("mine", "1.0", ["hyperparameter"], files=["_mine.pth"])
    hp.write("site/_mine.pth", f"import sys\n{hp.folder}/work/src\n")
    assert (
        output_of(hp("ls", "mine", **site.path))
        == f"mine\n  x  int  1  {hp.folder}/work/src/mine/__init__.py:2\n"
    )


def test_a_package_without_python_files_is_refused(hp, site):
    site("bare", files=["bare/data.txt"])
    (hp.folder / "site/bare/__init__.py").unlink()
    result = hp("ls", "bare", **site.path)
    assert (result.code, result.out, result.err) == (2, "", "hp: error: package 'bare' has no Python files\n")


def test_the_dependencies_of_a_package_are_those_of_its_metadata(hp, site):
    install_chain(site)
    inner = "# b 2\nb\n  x  int  1  b/__init__.py:2\n\n# c 3\nc\n  x  int  1  c/__init__.py:2\n"
    own = "# a 1\na\n  x  int  1  a/__init__.py:2\n"
    far = "\n# far 5\nfar\n  x  int  1  far/__init__.py:2\n"
    assert output_of(hp("ls", "a", "--deps", **site.path)) == inner + far
    assert output_of(hp("ls", "a", "--all", **site.path)) == own + "\n" + inner + far
    assert output_of(hp("ls", "a", **site.path)) == "a\n  x  int  1  a/__init__.py:2\n"
    records = json.loads(output_of(hp("ls", "a", "--all", "-f", "json", **site.path)))
    assert [(record["key"], record["package"]) for record in records] == [
        ("a.x", "a"),
        ("b.x", "b"),
        ("c.x", "c"),
        ("far.x", "far"),
    ]
    trees = json.loads(output_of(hp("ls", "a", "--all", "--tree", "-f", "json", **site.path)))
    assert [tree["name"] for tree in trees] == ["a", "b", "c", "far"]


def test_the_dependencies_of_a_folder_are_those_of_its_project(hp, site):
    install_chain(site)
    hp.write("work/pyproject.toml", '[project]\nname = "w"\ndependencies = ["b", "nothing"]\n')
    hp.write("work/src/w.py", ONE_READ.format("w"))
    for path in ("work", "work/src", "work/src/w.py"):
        records = json.loads(output_of(hp("ls", path, "--all", "-f", "json", **site.path)))
        assert [(record["key"], record["package"]) for record in records] == [("w.x", None), ("b.x", "b")]
    hp.write("work/pyproject.toml", "[project\n")
    result = hp("ls", "work", "--deps", **site.path)
    assert (result.code, result.out) == (0, "")
    assert result.err.startswith(f"warning: {hp.folder}/work/pyproject.toml: ")
    assert result.err.endswith("\nno parameters are declared in the dependencies of 'work'\n")
