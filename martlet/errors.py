"""What compiling raises and warns of. Exceptions of compiled code are the interpreter's own."""


class CompileError(Exception):
    """A function cannot be compiled. The message shows the source, the types and a way out."""


class TypingError(CompileError, TypeError):
    """Types do not fit: of arguments, of operands, or of two lives of a variable."""


class UnsupportedError(CompileError):
    """A statement, expression, function or option that Martlet does not compile."""


class NameResolutionError(CompileError, NameError):
    """A name is not defined."""


class NarrowingWarning(UserWarning):
    """A number is kept in fewer than 64 bits, as NumPy would, where that may surprise."""
