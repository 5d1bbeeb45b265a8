"""Mass and momentum of muon pairs: a ROOT file, one compiled loop, two histograms.

    python examples/zmumu.py [FILE]

FILE has a tree `events` with, for each pair of muons, the four-momenta (E1, px1, py1, pz1) and
(E2, px2, py2, pz2) and the mass M, in GeV. Without FILE it is ../shared/data/Zmumu.root beside
this repository; where that does not exist either, a file of the same shape is made in the
current folder. The pictures go to zmumu.png.
"""

import sys
from pathlib import Path

import numpy as np
import uproot

import martlet as mt

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "Zmumu.root"
BINS, LOW, HIGH = 100, 0.0, 200.0  # GeV, of both histograms


@mt.jit
def analyse(e1, px1, py1, pz1, e2, px2, py2, pz2, recorded):
    """Transverse momentum of each pair, its mass from the four-momenta, and histograms of the
    transverse momentum and of the recorded mass: everything in one pass over the events."""
    pt = np.empty(len(e1))
    mass = np.empty(len(e1))
    pt_counts = np.zeros(BINS, dtype=np.int64)
    mass_counts = np.zeros(BINS, dtype=np.int64)
    scale = BINS / (HIGH - LOW)
    for i in range(len(e1)):
        pt[i] = np.sqrt((px1[i] + px2[i]) ** 2 + (py1[i] + py2[i]) ** 2)
        square = (e1[i] + e2[i]) ** 2 - pt[i] ** 2 - (pz1[i] + pz2[i]) ** 2
        mass[i] = np.sqrt(max(square, 0.0))
        if LOW <= pt[i] < HIGH:
            pt_counts[int((pt[i] - LOW) * scale)] += 1
        if LOW <= recorded[i] < HIGH:
            mass_counts[int((recorded[i] - LOW) * scale)] += 1
    return pt, mass, pt_counts, mass_counts


def generate(path, events=2304, seed=91):
    """Writes a file of the shape of Zmumu.root. Its events are made up: each mass is drawn from
    a peak at the Z's, the muons' directions and the first one's momentum at random; the second
    one's momentum follows from M² = 2 pt1 pt2 (cosh Δη - cos Δφ)."""
    random = np.random.default_rng(seed)
    mass = np.clip(91.2 + 1.25 * random.standard_cauchy(events), 40, 140)
    eta1, eta2 = random.normal(0, 1, (2, events))
    phi1 = random.uniform(-np.pi, np.pi, events)
    phi2 = phi1 + np.pi + random.normal(0, 0.2, events)
    pt1 = random.normal(42, 5, events)
    pt2 = mass**2 / (2 * pt1 * (np.cosh(eta1 - eta2) - np.cos(phi1 - phi2)))
    branches = {
        "Run": np.full(events, 148031, dtype=np.int32),
        "Event": np.arange(events, dtype=np.int32),
        "M": mass,
    }
    for muon, pt, eta, phi in [("1", pt1, eta1, phi1), ("2", pt2, eta2, phi2)]:
        branches |= {
            f"E{muon}": pt * np.cosh(eta),
            f"px{muon}": pt * np.cos(phi),
            f"py{muon}": pt * np.sin(phi),
            f"pz{muon}": pt * np.sinh(eta),
            f"pt{muon}": pt,
            f"eta{muon}": eta,
            f"phi{muon}": np.remainder(phi + np.pi, 2 * np.pi) - np.pi,
            f"Q{muon}": np.full(events, 1 if muon == "1" else -1, dtype=np.int32),
        }
    with uproot.recreate(path) as file:
        file["events"] = branches


def find_file(arguments):
    if arguments:
        return arguments[0]
    if DATA.exists():
        return DATA
    path = Path("Zmumu.root")
    if not path.exists():
        generate(path)
    print("these events are made up: the real file was not found")
    return path


def draw(pt_counts, mass_counts, path="zmumu.png"):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
    edges = np.linspace(LOW, HIGH, BINS + 1)
    for axis, counts, label in [
        (axes[0], pt_counts, "transverse momentum of the pair [GeV]"),
        (axes[1], mass_counts, "mass of the pair [GeV]"),
    ]:
        axis.stairs(counts, edges, fill=True, alpha=0.7)
        axis.set(xlabel=label, ylabel=f"pairs in {edges[1] - edges[0]:g} GeV", xlim=(LOW, HIGH))
    figure.savefig(path, dpi=120)


def main(arguments):
    path = find_file(arguments)
    columns = [f"{name}{muon}" for muon in "12" for name in ("E", "px", "py", "pz")]
    with uproot.open(path) as file:
        arrays = file["events"].arrays([*columns, "M"], library="np")
    events = [np.ascontiguousarray(arrays[name], dtype=np.float64) for name in [*columns, "M"]]
    pt, mass, pt_counts, mass_counts = analyse(*events)

    print(f"events:                          {len(pt)}")
    print(f"mean pair momentum (transverse): {float(pt.mean())!r} GeV")
    print(f"mean mass M:                     {float(arrays['M'].mean())!r} GeV")
    print(f"mean mass from four-momenta:     {float(mass.mean())!r} GeV")
    draw(pt_counts, mass_counts)
    print("written: zmumu.png")


if __name__ == "__main__":
    main(sys.argv[1:])
