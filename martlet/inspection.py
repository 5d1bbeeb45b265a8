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
    times: dict[tuple[Any, ...], dict[str, int]] = dispatcher._times()
    return times
