"""Looking into dispatchers: their texts and times. Methods of _core.Dispatcher end here."""

from typing import Any

from martlet.errors import CompileError
from martlet.options import nearest
from martlet.signatures import signature_from

STAGES = {"generic": 1, "typed": 2, "llvm": 4, "asm": 8, "passed": 16, "image": 32}


def inspect(dispatcher: Any, stage: str = "typed", signature: object = None) -> Any:
    """The text of one stage for a signature; for all that were compiled, a dict by signature.

    Stages: "generic" (before types), "typed", "passed" (optimised by us), "llvm", "asm".
    Compiles anew; nothing that runs is changed.
    """
    want = STAGES.get(stage)
    if want is None:
        hint = nearest(stage, STAGES)
        raise CompileError(f"no stage '{stage}': there are {', '.join(STAGES)}{hint}")
    if signature is not None:
        return dispatcher._text(signature_from(signature).params, want)
    return {params: dispatcher._text(params, want) for params in dispatcher.signatures}


def stats(dispatcher: Any) -> dict[tuple[Any, ...], dict[str, int]]:
    """Times of the stages in ns for each signature that was compiled."""
    return dispatcher._times()


def reduce_dispatcher(dispatcher: Any) -> Any:
    """Pickling: by name where it can be imported, else the function with its options."""
    import sys

    function = dispatcher.py_func
    found: Any = sys.modules.get(function.__module__)
    for part in function.__qualname__.split("."):
        found = getattr(found, part, None)
    if found is dispatcher:
        return function.__qualname__
    signatures = list(dispatcher.signatures) if dispatcher._is_closed else None
    return rebuild_dispatcher, (function, dispatcher._settings, signatures)


def rebuild_dispatcher(function: Any, options: dict[str, Any], signatures: Any) -> Any:
    from martlet.decorators import jit

    decorate = jit(signatures, **options) if signatures else jit(**options)
    return decorate(function)
