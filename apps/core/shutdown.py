"""One flag of the process: it is about to end, so nobody in it should go on waiting."""

import threading

process_ends = threading.Event()
"""Set when the server begins to stop. Whoever waits in a thread waits with ``process_ends.wait(seconds)``."""
