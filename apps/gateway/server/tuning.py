"""Settings of the process that matter at thousands of connections."""

import gc
import resource
import sys


def tune_gc() -> None:
    """Keep the garbage collector from walking every connection again and again; call once, after imports.

    What exists now is moved out of its sight; full collections become rare. With 10,000 sockets the default
    thresholds cost pauses of tens of milliseconds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def raise_open_file_limit() -> None:
    """Allow as many open files, hence sockets, as the system lets this process have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def install_fast_reactor() -> None:
    """Run Twisted on uvloop, where there is one; to be called before Daphne installs a reactor on the standard loop."""
    if "twisted.internet.reactor" in sys.modules:
        return
    try:
        import uvloop
    except ImportError:  # Windows
        return
    from twisted.internet import asyncioreactor

    asyncioreactor.install(uvloop.new_event_loop())
