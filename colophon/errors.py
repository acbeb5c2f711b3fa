"""What can go wrong, as types: one base, a shallow tree. Each error keeps its parts and says the cure."""


class ColophonError(Exception):
    """Base of every error that Colophon raises on purpose."""


class UsageError(ColophonError):
    """The caller asked for something that does not exist or cannot be combined."""


class InputError(ColophonError):
    """One input cannot become a document; its neighbours go on."""

    def __init__(self, location: str, reason: str, detail: str) -> None:
        self.location = location
        self.reason = reason
        self.detail = detail
        super().__init__(f"{location}: {detail} [{reason}]")


class DataError(ColophonError):
    """A rules, profile or catalogue file shipped with Colophon, or added by the user, is wrong."""

    def __init__(self, path: str, detail: str) -> None:
        self.path = path
        self.detail = detail
        super().__init__(f"{path}: {detail}")


class ModelError(ColophonError):
    """A translation model is missing, altered, or fails its golden sentences."""

    def __init__(self, model: str, detail: str) -> None:
        self.model = model
        self.detail = detail
        super().__init__(f"model {model}: {detail}")


class MissingExtraError(ColophonError):
    """An optional library is not installed."""

    def __init__(self, library: str, extra: str, purpose: str) -> None:
        self.library = library
        self.extra = extra
        super().__init__(f'{purpose} needs {library}, which is not installed: pip install "colophon[{extra}]"')


class OutputError(ColophonError):
    """The output folder belongs to another run, or cannot be written."""

    def __init__(self, path: str, detail: str) -> None:
        self.path = path
        self.detail = detail
        super().__init__(f"{path}: {detail}")
