"""Twisted's own log, led into the logging of the process."""

from twisted.logger import (
    FilteringLogObserver,
    LogLevel,
    LogLevelFilterPredicate,
    STDLibLogObserver,
    globalLogBeginner,
)


def begin_logging() -> None:
    """Pass on what Twisted calls an error or worse; the rest is chatter per connection."""
    observer = FilteringLogObserver(
        STDLibLogObserver("twisted"), [LogLevelFilterPredicate(defaultLogLevel=LogLevel.error)]
    )
    globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False, discardBuffer=True)
