"""The server-rendered portal: the kit, and one folder per area."""
