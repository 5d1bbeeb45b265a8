"""examples/zmumu.py: on the real file where it is at hand, and on the file it writes itself."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

uproot = pytest.importorskip("uproot")
pytest.importorskip("matplotlib")
pytest.importorskip("martlet._core")

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "zmumu.py"
REAL = ROOT.parent / "shared" / "data" / "Zmumu.root"


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("example_zmumu", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(folder, *arguments):
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "zmumu.png").read_bytes().startswith(b"\x89PNG")
    return dict(re.findall(r"^(.+?): +([\d.]+)", done.stdout, re.M))


def columns(path):
    with uproot.open(path) as file:
        return file["events"].arrays(library="np")


@pytest.mark.skipif(not REAL.exists(), reason="the real events are not at hand")
def test_real_events(tmp_path):
    found = run(tmp_path)
    assert found["events"] == "2304"
    assert found["mean pair momentum (transverse)"] == "22.78666250227965"
    assert found["mean mass M"] == "80.20593369277248"


def test_generated_file(tmp_path, example):
    path = tmp_path / "generated.root"
    example.generate(path)
    events = columns(path)
    pt = np.hypot(events["px1"] + events["px2"], events["py1"] + events["py2"])
    found = run(tmp_path, path)
    assert found["events"] == "2304"
    assert float(found["mean pair momentum (transverse)"]) == pytest.approx(
        pt.mean(), rel=1e-12
    )
    assert float(found["mean mass M"]) == events["M"].mean()
    assert float(found["mean mass from four-momenta"]) == pytest.approx(events["M"].mean())


def test_generated_when_no_file_is_found(tmp_path, monkeypatch, example, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(example, "DATA", tmp_path / "absent.root")
    example.main([])
    assert "made up" in capsys.readouterr().out
    assert len(columns("Zmumu.root")["M"]) == 2304


@pytest.mark.skipif(not REAL.exists(), reason="the real events are not at hand")
def test_generated_file_has_the_real_branches(tmp_path, example):
    path = tmp_path / "generated.root"
    example.generate(path)
    made, real = columns(path), columns(REAL)
    assert set(made) == set(real) - {"Type"}  # the trigger's name, a string
    assert {name: made[name].dtype for name in made} == {
        name: real[name].dtype for name in made
    }


def test_histograms_are_numpys(example, tmp_path):
    path = tmp_path / "generated.root"
    example.generate(path)
    events = columns(path)
    names = [f"{name}{muon}" for muon in "12" for name in ("E", "px", "py", "pz")]
    pt, _, pt_counts, mass_counts = example.analyse(*[events[n] for n in names], events["M"])
    edges = {"bins": example.BINS, "range": (example.LOW, example.HIGH)}
    assert np.array_equal(pt_counts, np.histogram(pt, **edges)[0])
    assert np.array_equal(mass_counts, np.histogram(events["M"], **edges)[0])
