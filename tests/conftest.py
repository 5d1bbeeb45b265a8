"""What all tests share: the option that rewrites expectations."""


def pytest_addoption(parser):
    parser.addoption(
        "--bless", action="store_true", help="rewrite the expectations of golden tests"
    )
