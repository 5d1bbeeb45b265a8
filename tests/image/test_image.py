"""Objects become images, images run: what compilers emit, linked, mapped and called."""

import math
import platform
import re
import shutil
import subprocess
from pathlib import Path

import pytest

NATIVE = platform.machine()
x86_only = pytest.mark.skipif(NATIVE != "x86_64", reason="x86-64 code")

# Everything that code made of numbers needs, in one object.
PROGRAM = r"""
#include <stdint.h>
double fmod(double, double), sin(double), floor(double);
void *memset(void *, int, unsigned long);
int64_t tool_add(int64_t, int64_t);
extern const int64_t tool_constant;
typedef double Unary(double);

__attribute__((noinline)) static double half(double x) { return x * 0.5; }
__attribute__((noinline)) static double twice(double x) { return x * 2.0; }
__attribute__((noinline)) int64_t fib(int64_t n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

int64_t calls(int64_t n) { return fib(n) + (int64_t)twice(21.0); }
double pool(double x) { return x * 1.25 + 3.0e300 - 3.0e300 + 1e-3; }

double vectors(int64_t n)
{
    double a[64];
    for (int i = 0; i < 64; i++)
        a[i] = (double)(i * n) * 0.37;
    double s = 0;
    for (int i = 0; i < 64; i++)
        s += a[i] * (double)(i % 5);
    return s;
}

int64_t jump(int64_t k, int64_t x)
{
    switch (k) {
    case 0: return x + 1;
    case 1: return x * x;
    case 2: return x / 3;
    case 3: return fib(x);
    case 4: return x ^ 0x55;
    case 5: return -x;
    case 6: return x << 4;
    case 7: return tool_add(x, 7);
    }
    return -1;
}

int64_t values(int64_t k)
{
    static const int64_t table[] = {3, 1, 4, 1, 5, 9, 2, 6};
    return table[k & 7];
}

const char *texts(int64_t k)
{
    switch (k) {
    case 0: return "zero";
    case 1: return "one";
    case 2: return "two";
    case 3: return "three";
    }
    return "many";
}
int64_t text(int64_t k, int64_t i) { return texts(k)[i]; }

Unary *pick(int64_t k) { return k ? half : twice; }
double pointer(int64_t k, double x) { return pick(k)(x); }

static Unary *const table[] = {half, twice, sin, floor};
double tabled(int64_t k, double x) { return table[k](x); }
int64_t address_of_import(void) { return (int64_t)(tool_add == (void *)0); }

double imports(double x, double y) { return fmod(x, y) + sin(0.0); }
double tail(double x, double y) { return fmod(x, y); }
int64_t import(int64_t a, int64_t b) { return tool_add(a, tool_add(b, 1)); }
int64_t datum(void) { return tool_constant + 1; }
const int64_t *datum_address(void) { return &tool_constant; }
int64_t datum_through(void) { return *datum_address(); }

int64_t cleared(int64_t n)
{
    char bytes[1000];
    memset(bytes, 7, sizeof bytes);
    for (int64_t i = 0; i < n; i++)
        bytes[i] = 0;
    int64_t s = 0;
    for (int i = 0; i < 1000; i++)
        s += bytes[i];
    return s;
}

const int64_t exported = 99;
int64_t weak_import(void)
{
    extern int nobody(void) __attribute__((weak));
    return nobody ? nobody() : 12;
}
"""


def fib(n: int) -> int:
    return n if n < 2 else fib(n - 1) + fib(n - 2)


# Symbol, arguments, answer.
CASES: list[tuple[str, tuple[int | float, ...], int | float]] = [
    ("calls", (15,), fib(15) + 42),
    ("pool", (4.0,), 4.0 * 1.25 + 3.0e300 - 3.0e300 + 1e-3),
    ("vectors", (3,), math.fsum(i * 3 * 0.37 * (i % 5) for i in range(64))),
    *(("jump", (k, 10), [11, 100, 3, 55, 10 ^ 0x55, -10, 160, 17, -1][k]) for k in range(9)),
    *(("values", (k,), [3, 1, 4, 1, 5, 9, 2, 6][k]) for k in (0, 3, 5, 7)),
    ("text", (3, 1), ord("h")),
    ("text", (0, 4), 0),
    ("text", (9, 0), ord("m")),
    ("pointer", (0, 8.0), 16.0),
    ("pointer", (1, 8.0), 4.0),
    ("tabled", (0, 8.0), 4.0),
    ("tabled", (1, 8.0), 16.0),
    ("tabled", (2, 0.5), math.sin(0.5)),
    ("tabled", (3, -2.5), -3.0),
    ("address_of_import", (), 0),
    ("imports", (7.5, 2.0), 1.5),
    ("tail", (7.5, 2.0), 1.5),
    ("import", (2, 3), 6),
    ("datum", (), 4712),
    ("datum_through", (), 4711),
    ("cleared", (400,), 4200),
    ("weak_import", (), 12),
]

FLAGS = {
    "x86_64": [
        "-O2", "-O0", "-O3 -mavx2", "-O3 -march=x86-64-v4", "-fno-plt", "-mcmodel=medium",
        "-mcmodel=large", "-ffunction-sections -fdata-sections", "-g", "-Os",
        "-fno-plt -mcmodel=medium", "-Wa,-mrelax-relocations=no -fno-plt",
    ],
    "aarch64": [
        "-O2", "-O0", "-O3 -march=armv8.2-a+sve", "-fno-plt", "-mcmodel=tiny",
        "-ffunction-sections -fdata-sections", "-g", "-Os", "-fno-jump-tables",
    ],
}  # fmt: skip


def has_avx512() -> bool:
    cpuinfo = Path("/proc/cpuinfo")
    return cpuinfo.exists() and "avx512vl" in cpuinfo.read_text()


def check_program(target, image):
    kinds = ["d" if isinstance(answer, float) else "i" for *_, answer in CASES]
    calls = [
        (symbol, kind, given) for (symbol, given, _), kind in zip(CASES, kinds, strict=True)
    ]
    for (symbol, given, answer), got in zip(CASES, target.calls(image, calls), strict=True):
        assert got == pytest.approx(answer, rel=1e-14), f"{symbol}{given}"


@pytest.mark.parametrize("flags", FLAGS.get(NATIVE, []))
def test_program(native, flags):
    if "v4" in flags and not has_avx512():
        pytest.skip("no AVX-512 here")
    check_program(native, native.link(PROGRAM, *flags.split()))


@pytest.mark.parametrize("flags", FLAGS["aarch64"])
def test_program_on_aarch64(aarch64, flags):
    check_program(aarch64, aarch64.link(PROGRAM, *flags.split()))


@pytest.mark.parametrize("flags", ["-O2", "-O3", "-fno-plt"])
def test_program_of_gcc(native, flags):
    gcc = shutil.which("gcc")
    if not gcc:
        pytest.skip("no gcc")
    other = native.with_compiler(gcc, "-fPIC")
    check_program(other, other.link(PROGRAM, *flags.split()))


def test_symbols(target):
    shown = target.show(target.link(PROGRAM))
    symbols = {name: (size, kind) for name, size, kind in shown["symbol"]}
    assert "half" not in symbols, "a static function is not exported"
    assert symbols["exported"][1] == "constant"
    assert symbols["fib"][1] == "code"
    assert int(symbols["fib"][0].split("+")[1]) > 0
    imports = [" ".join(words) for words in shown["import"]]
    assert "fmod" in imports and "nobody weak" in imports
    assert len(set(imports)) == len(imports)


def test_constants_keep_their_alignment(target):
    source = r"""
    #include <stdint.h>
    static const struct { _Alignas(256) double v[32]; } table = {{1.5, 2.5}};
    const void *address(void) { return &table; }
    int64_t misaligned(void) { return (int64_t)((uintptr_t)address() & 255); }
    """
    assert target.call(target.link(source), "misaligned") == 0


def far_apart(size: int) -> str:
    """A function that uses constants and another function `size` bytes of code away."""
    return rf"""
        .text
        .globl far
    far:
        .include "far.inc"
        .fill {size // 4}, 4, 0
        .globl near
    near:
        .include "near.inc"
        .section .rodata
        .p2align 3
    .Lfive:
        .quad 5
    """


FAR = {
    "x86_64": (
        "subq $8, %rsp; movq .Lfive(%rip), %rdi; call near; addq $8, %rsp; ret",
        "leaq 1(%rdi), %rax; addq .Lfive(%rip), %rax; ret",
    ),
    "aarch64": (
        "stp x29, x30, [sp, -16]!; adrp x1, .Lfive; ldr x0, [x1, :lo12:.Lfive]; bl near;"
        "ldp x29, x30, [sp], 16; ret",
        "adrp x1, .Lfive; ldr x1, [x1, :lo12:.Lfive]; add x0, x0, x1; add x0, x0, 1; ret",
    ),
}


@pytest.mark.parametrize("size", [64, 5000, 70_000, 900_000, 1_048_000, 3_000_000, 60_000_000])
def test_large_code(target, size):
    far, near = FAR[target.name]
    source = far_apart(size).replace('.include "far.inc"', far)
    image = target.link(source.replace('.include "near.inc"', near), suffix=".s")
    assert target.call(image, "far") == 11


def test_out_of_reach(aarch64):
    far, near = FAR["aarch64"]
    source = far_apart(140_000_000).replace('.include "far.inc"', far)
    with pytest.raises(RuntimeError, match=r"'near' is out of reach \(R_AARCH64_CALL26"):
        aarch64.link(source.replace('.include "near.inc"', near), suffix=".s")


def test_small_images_of_different_code_begin_at_different_lines(target):
    """Functions at one distance from a page would compete for the same cache lines."""
    starts, sizes = set(), set()
    for i in range(8):
        shown = target.show(target.link(f"long f(long x) {{ return x * {i + 3} + {i}; }}"))
        starts.add(next(w for w in shown["machine"][0] if "+" in w).split("+")[0])
        sizes.add(int(shown["machine"][0][2]))
    assert len(starts) > 4
    assert max(sizes) <= 4096


# ---- relocations that compilers emit rarely, from assembly ----

X86_RELOCATIONS = r"""
    .text
    .globl table
table:                              # address of g, and of tool_add, in seven ways
    cmpq $8, %rdi
    ja .Lnone
    leaq .Ljump(%rip), %rax
    movslq (%rax, %rdi, 4), %rcx
    addq %rcx, %rax
    leaq .Lgot(%rip), %rdx
.Lgot:
    movabsq $_GLOBAL_OFFSET_TABLE_-.Lgot, %rsi
    addq %rdx, %rsi                 # the GOT
    jmp *%rax
.L0:
    movabsq $g@GOTOFF, %rax
    addq %rsi, %rax
    jmp .Lcompare
.L1:
    movabsq $g@GOT, %rax
    movq (%rsi, %rax), %rax
    jmp .Lcompare
.L2:
    movabsq $g@PLTOFF, %rax
    addq %rsi, %rax
    jmp .Lcompare
.L3:
    leaq _GLOBAL_OFFSET_TABLE_(%rip), %rax
    cmpq %rsi, %rax
    sete %al
    movzbl %al, %eax
    ret
.L4:
    leaq g(%rip), %rax
    cmpq g@GOTPCREL(%rip), %rax
    sete %al
    movzbl %al, %eax
    ret
.L5:
    pushq g@GOTPCREL(%rip)
    popq %rax
    jmp .Lcompare
.L6:
    movq .Lquad(%rip), %rax
    leaq .Lquad(%rip), %rdx
    addq %rdx, %rax
    jmp .Lcompare
.L7:
    movabsq $tool_add@GOT, %rax
    movq (%rsi, %rax), %rax
    cmpq tool_add@GOTPCREL(%rip), %rax
    sete %al
    movzbl %al, %eax
    ret
.L8:
    movl $g@GOT, %eax
    movq (%rsi, %rax), %rax
.Lcompare:
    leaq g(%rip), %rdx
    cmpq %rdx, %rax
    sete %al
    movzbl %al, %eax
    ret
.Lnone:
    movl $-1, %eax
    ret

    .globl branches
branches:                           # to an import, by relocations that are not PLT32
    testq %rdi, %rdi
    .byte 0x0f, 0x84                # je
    .long tool_add-.-4
    pushq %rbp
    .byte 0xe8                      # call
    .long tool_add-.-4
    popq %rbp
    .byte 0xe9                      # jmp
    .long twice-.-4
twice:
    addq %rax, %rax
    ret

    .globl relaxed
relaxed:                            # through slots that need not be
    pushq %rbp
    call *inc@GOTPCREL(%rip)
    movq inc@GOTPCREL(%rip), %rcx
    movq %rax, %rdi
    call *%rcx
    movq %rax, %rdi
    movq inc@GOTPCREL(%rip), %r9
    call *%r9
    movq %rax, %rdi
    popq %rbp
    jmp *inc@GOTPCREL(%rip)
    ud2
    .globl inc
inc:
    leaq 1(%rdi), %rax
    ret

    .globl g
g:
    ret
    .section .rodata
.Ljump:
    .long .L0-.Ljump, .L1-.Ljump, .L2-.Ljump, .L3-.Ljump, .L4-.Ljump, .L5-.Ljump
    .long .L6-.Ljump, .L7-.Ljump, .L8-.Ljump
    .p2align 3
.Lquad:
    .quad g-.
"""


@x86_only
def test_rare_relocations_of_x86_64(native):
    image = native.link(X86_RELOCATIONS, suffix=".s")
    assert [native.call(image, "table", i) for i in range(10)] == [1] * 9 + [0xFFFFFFFF]
    assert native.call(image, "branches", 0, 5) == 5
    assert native.call(image, "branches", 4, 5) == 18
    assert native.call(image, "relaxed", 10) == 14
    slots = native.show(image)["slot"]
    assert len([1 for _, what in slots if what.startswith("base")]) == 1, "only g has a slot"


@x86_only
def test_slots_of_apx_instructions(native):
    source = """
        .globl f
    f:  movq g@GOTPCREL(%rip), %r16
        addq g@GOTPCREL(%rip), %r16, %r17
        .globl g
    g:  ret
    """
    try:
        made = native.object(source, "-mapxf", suffix=".s")
    except AssertionError:
        pytest.skip("this clang knows no APX")
    native.run("link", made, made.with_suffix(".image"))
    assert len(native.show(made.with_suffix(".image"))["slot"]) == 1


AARCH64_RELOCATIONS = r"""
    .text
    .macro same
    adrp x1, g
    add x1, x1, :lo12:g
    cmp x0, x1
    cset x0, eq
    ret
    .endm

    .globl back
back:
    nop
    .globl page
page:
    adrp x0, :got:g
    ldr x0, [x0, :got_lo12:g]
    same
    .globl literal
literal:
    ldr x0, :got:g
    same
    .globl adr
adr:
    adr x0, g
    same
    .globl movw                     // g - movw in four pieces
movw:
    movz x0, #:prel_g3:g
    movk x0, #:prel_g2_nc:g+4
    movk x0, #:prel_g1_nc:g+8
    movk x0, #:prel_g0_nc:g+12
    adr x1, movw
    add x0, x0, x1
    same
    .globl negative
negative:                           // movz turns into movn
    movz x0, #:prel_g0:back
    adr x1, negative
    add x0, x0, x1
    adr x1, back
    cmp x0, x1
    cset x0, eq
    ret
    .globl loads
loads:                              // 1 + 2 + 4 + 8 + 16
    adrp x1, .Ldata
    ldrb w0, [x1, :lo12:.Ldata]
    ldrh w2, [x1, :lo12:.Ldata+2]
    add x0, x0, x2
    ldr w2, [x1, :lo12:.Ldata+4]
    add x0, x0, x2
    ldr x2, [x1, :lo12:.Ldata+8]
    add x0, x0, x2
    ldr q0, [x1, :lo12:.Ldata+16]
    fmov x2, d0
    add x0, x0, x2
    ldr x2, .Ldata+8
    cmp x2, 8
    csel x0, x0, xzr, eq
    ret
    .globl branches
branches:                           // conditional branches to an import
    cbz x0, tool_add
    tbnz x0, 3, tool_add
    cmp x0, 5
    b.eq tool_add
    b tool_add
    .globl words
words:
    adr x1, .Lwords
    ldrsh x0, [x1]
    ldrsw x2, [x1, 4]
    ldr x3, [x1, 8]
    add x2, x2, x1
    add x2, x2, 4
    add x3, x3, x1
    add x3, x3, 8
    cmp x2, x3
    add x0, x0, x1
    ccmp x0, x2, 0, eq
    b.ne 1f
    same
1:  mov x0, 0
    ret
    .p2align 3
.Lwords:
    .hword g-.
    .hword 0
    .word g-.
    .xword g-.
    .word tool_add@PLT-.
    .globl g
g:
    ret
    .section .rodata
    .p2align 4
.Ldata:
    .byte 1, 0
    .hword 2
    .word 4
    .xword 8
    .xword 16, 0
"""


def test_rare_relocations_of_aarch64(request):
    target = request.getfixturevalue("native" if NATIVE == "aarch64" else "aarch64")
    image = target.link(AARCH64_RELOCATIONS, suffix=".s")
    for symbol in ("page", "literal", "adr", "movw", "negative", "words"):
        assert target.call(image, symbol) == 1, symbol
    assert target.call(image, "loads") == 31
    assert [target.call(image, "branches", k, 7) for k in (0, 8, 5, 1)] == [7, 15, 12, 8]


# ---- what an image cannot hold ----

REFUSED = {
    "writable": ("int counter = 3; int f(void) { return counter++; }",
                 r"writable variable 'counter' \(\.data\)"),
    "zeroed": ("int total; int f(void) { return total++; }",
               r"writable variable 'total' \(\.bss\)"),
    "static": ("int f(void) { static int seen; return seen++; }",
               r"writable variable 'f.seen' \(\.bss\)"),
    "thread": ("_Thread_local int t; int f(void) { return t++; }",
               r"thread-local variable 't' \(\.tbss\)"),
    "thread elsewhere": ("extern _Thread_local int t; int f(void) { return t; }",
                         r"thread-local variable 't'"),
    "constructor": ("int g(void); __attribute__((constructor)) void f(void) { g(); }",
                    r"code to run when loaded"),
    "indirect": ("void g(void) {} static void *r(void) { return g; }"
                 "__attribute__((ifunc(\"r\"))) void f(void);", r"indirect function 'f'"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(target, case):
    source, reason = REFUSED[case]
    with pytest.raises(RuntimeError, match=reason):
        target.link(source)


def test_common_variable_is_refused(target):
    with pytest.raises(RuntimeError, match=r"writable variable 'total' \(common\)"):
        target.link("int total; int f(void) { return total++; }", "-fcommon")


@x86_only
def test_absolute_code_is_refused(native):
    source = "extern int table[]; int f(void) { return table[3]; }"
    with pytest.raises(RuntimeError, match="import 'table' is taken without a slot"):
        native.link(source, "-fno-PIC")
    source = "static const int table[] = {1, 2, 3, 4}; int f(long i) { return table[i]; }"
    with pytest.raises(RuntimeError, match="needs an absolute address"):
        native.link(source, "-fno-PIC")


def test_absolute_aarch64_code_is_refused(aarch64):
    source = "extern int table[]; int f(long i) { return table[i]; }"
    with pytest.raises(RuntimeError, match="needs an absolute address"):
        aarch64.link(source, "-fno-PIC", "-mcmodel=large")
    with pytest.raises(RuntimeError, match="import 'table' is taken without a slot"):
        aarch64.link(source, "-fno-PIC")


def test_missing_imports_are_named(target):
    image = target.link("int one(void), two(void); int f(void) { return one() + two(); }")
    with pytest.raises(RuntimeError, match="nobody provides the import one, two"):
        target.call(image, "f")


def test_unwind_tables_import_nothing(target):
    """A personality routine is named by .eh_frame only."""
    source = """
        .text
        .globl f
    f:  .cfi_startproc
        .cfi_personality 0x9b, DW.ref.__gxx_personality_v0
        ret
        .cfi_endproc
    """
    assert "import" not in target.show(target.link(source, suffix=".s"))


def test_an_image_for_another_machine(native, aarch64):
    source = "long f(void) { return 1; }"
    with pytest.raises(RuntimeError, match="an image for another machine"):
        native.call(aarch64.link(source), "f")
    with pytest.raises(RuntimeError, match="an image for another machine"):
        aarch64.call(native.link(source), "f")


def test_files_that_are_no_images(native):
    image = native.link("long f(void) { return 1; }")
    for path, reason in [
        (image.with_suffix(".o"), "not an image"),
        (image.with_suffix(".c"), "damaged image: too short"),
    ]:
        with pytest.raises(RuntimeError, match=reason):
            native.call(path, "f")
    with pytest.raises(RuntimeError, match="not an ELF object"):
        native.run("link", image.with_suffix(".c"), native.path(".image"))


# ---- mapped images ----

SUM = "long tool_add(long, long); long sum(long a, long b) { return tool_add(a, b); }"


def usage(line: str) -> dict[str, int]:
    return {key: int(value) for key, value in re.findall(r"(\w+)=(-?\d+)", line)}


def test_many_images_need_few_mappings(native):
    lines = native.run("many", native.link(SUM), 20_000, "sum").splitlines()
    mapped, half, again, none = map(usage, lines)
    assert mapped["images"] == again["images"] == 20_000 and half["images"] == 10_000
    assert all(step["wrong"] == 0 for step in (mapped, half, again, none))
    assert all(step["mappings"] < 400 for step in (mapped, half, again))
    assert again["slabs"] == mapped["slabs"], "space is used again"
    assert half["bytes"] * 2 == mapped["bytes"]
    assert none["images"] == none["slabs"] == none["bytes"] == 0
    assert none["mappings"] < 5, "empty slabs are unmapped"


def test_large_images_come_and_go(native):
    image = native.link(SUM + 'asm(".text\\n.fill 500000, 4, 0\\n");')
    lines = native.run("many", image, 40, "sum").splitlines()
    assert [usage(line)["images"] for line in lines] == [40, 20, 40, 0]
    assert [usage(line)["slabs"] for line in lines] == [40, 20, 40, 0]
    assert all(usage(line)["wrong"] == 0 for line in lines)


def test_threads(native):
    joined = usage(native.run("threads", native.link(SUM), "sum", 5000))
    assert joined["wrong"] == joined["images"] == joined["slabs"] == 0


def test_threads_under_thread_sanitizer(thread_sanitized):
    image = thread_sanitized.link(SUM)
    assert usage(thread_sanitized.run("threads", image, "sum", 300))["wrong"] == 0


def test_parent_and_child_have_their_own_code(native):
    parent, child = native.run("fork", native.link(SUM), "sum").splitlines()
    assert usage(parent)["wrong"] == 0
    assert usage(parent)["mappings"] < 20
    assert child == "child=0"


@x86_only
def test_where_written_memory_may_not_be_executed(native):
    image = native.link(SUM)
    files, answer = native.run("strict", image, "sum", "i", "i:40", "i:2").splitlines()
    assert (files, answer) == ("files 111", "42")


@x86_only
def test_where_nothing_new_may_be_executed(native):
    line = native.run("forbidden", native.link(SUM))
    assert line.startswith("the system refuses executable memory to this process ")
    assert usage(line)["images"] == usage(line)["slabs"] == 0


def test_no_memory(native):
    line = native.run("full", native.link(SUM))
    assert usage(line)["mapped"] > 1000 and usage(line)["again"] == 1
    assert line.endswith("no memory for code\n")


def test_gdb_registration(native):
    made = native.object(SUM, "-g")
    native.run("link", made, made.with_suffix(".image"))
    lines = native.run("gdb", made, made.with_suffix(".image")).splitlines()
    size = made.stat().st_size
    assert lines == [f"entry {size} 1"] * 3 + ["left 1"] * 2 + ["none 1"]


def test_gdb_knows_source_lines(native):
    gdb = shutil.which("gdb")
    if not gdb:
        pytest.skip("no gdb")
    source = "long stop(long a)\n{\n    *(volatile char *)0 = 1;\n    return a;\n}\n"
    made = native.object(source, "-g", "-O0")
    image = made.with_suffix(".image")
    native.run("link", made, image)
    done = subprocess.run(
        [gdb, "-batch", "-ex", "run", "-ex", "bt 2", "--args", *native.tool,
         "crash", str(made), str(image), "stop"],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    if "SIGSEGV" not in done.stdout:
        pytest.skip(f"gdb cannot run a program here: {done.stderr[-200:]}")
    assert re.search(r"#0 .*stop \(a=0\) at .*\.c:3", done.stdout), done.stdout


def test_perf_map(native):
    image = native.link(SUM)
    path = Path(native.run("perf", image).strip())
    try:
        address, size, name = path.read_text().split()
        assert name == "sum" and int(address, 16) > 0
        shown = {words[0]: words[1] for words in native.show(image)["symbol"]}
        assert int(size, 16) == int(shown["sum"].split("+")[1])
    finally:
        path.unlink(missing_ok=True)


# ---- damage ----


@pytest.mark.parametrize("seed", range(4))
def test_damaged_images_are_refused(sanitized, seed):
    """With a checksum that is right again too, where only the tables are checked: no crash."""
    image = sanitized.link(PROGRAM)
    found = usage(sanitized.run("damage", image, seed, 2500))
    assert found["accepted"] == 0
    assert found["resealed"] > 0, "flipped code with a right checksum is an image"


@pytest.mark.parametrize("machine", ["native", "aarch64"])
@pytest.mark.parametrize("seed", range(2))
def test_damaged_objects(sanitized, request, seed, machine):
    """Refused, or linked to something that is an image. Never a crash."""
    compiler = request.getfixturevalue(machine)
    made = compiler.object(PROGRAM, "-mcmodel=large" if compiler.name == "x86_64" else "-O2")
    found = usage(sanitized.run("damage-object", made, seed, 4000).splitlines()[-1])
    assert found["linked"] > 100
    assert found["mapped"] == found["linked"], "what passes the linker passes the loader"


def test_every_byte_of_a_small_image(sanitized):
    image = sanitized.link("long f(void) { return 1; }")
    assert usage(sanitized.run("flip", image))["accepted"] == 0


def test_running_out_of_memory(sanitized):
    made = sanitized.object(PROGRAM)
    assert int(sanitized.run("starve", made)) >= 1
