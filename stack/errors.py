"""What can keep the stack from running. Each error says what to do about it."""


class StackError(Exception):
    """Base of all errors of this package; `remedy` is one sentence for the person at the terminal."""

    def __init__(self, problem: str, *, remedy: str = "") -> None:
        super().__init__(problem)
        self.remedy = remedy


class BadSetting(StackError):
    """A variable of the environment has a value that cannot be used."""


class StackInUse(StackError):
    """Another supervisor holds the lock of this data folder."""


class BadState(StackError):
    """The data folder cannot be read, written or trusted."""


class PortTaken(StackError):
    """Another process listens on the requested port."""


class MissingBinary(StackError):
    """A server's package is not installed for this interpreter."""


class NoOrdinaryUser(StackError):
    """Postgres refuses to run as root and there is no way to run it as another user."""


class CannotStart(StackError):
    """A child never answered; the message ends with the last lines of its log."""


class StopAsked(StackError):
    """A signal asked us to stop while we were waiting for something."""


class DemoFailed(StackError):
    """The sample was not processed as it should have been."""


class NotRunning(StackError):
    """Nothing runs on the data folder that was named."""
