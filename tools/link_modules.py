"""Link the built modules into the package: link_modules.py BUILD PACKAGE.

Links stay right when ninja builds the modules anew; a module that is no longer built loses its
link, so that an old one is not imported by mistake.
"""

import sys
from pathlib import Path


def main() -> None:
    build, package = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    built = {module.name: module for module in (build / "martlet").glob("_*.so")}
    for link in package.glob("_*.so"):
        if link.is_symlink() and link.name not in built:
            link.unlink()
    for name, module in built.items():
        link = package / name
        if not link.is_symlink() or link.resolve() != module:
            link.unlink(missing_ok=True)
            link.symlink_to(module)


if __name__ == "__main__":
    main()
