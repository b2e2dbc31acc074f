"""One server process for the whole folder. Imported here, not in the modules: there it would live to the end of all."""

from tests.support.fixtures import common_server, real_database_allowed, server_database

__all__ = ["common_server", "real_database_allowed", "server_database"]
