"""The one base of every refusal that a person or a program may be told about."""


class DomainError(Exception):
    """A request that the rules refuse.

    ``code`` is stable and meant for programs; ``message`` is one sentence for people; ``field`` names the
    input that is to blame, where one is. Subclasses are declared beside the function that raises them.
    """

    code = "refused"
    message = "This is not possible now."

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        self.message = message or self.message
        self.field = field
        super().__init__(self.message)
