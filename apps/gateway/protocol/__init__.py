"""OCPP-J without sockets: framing, schemas, the connection's rules, and one adapter per version (pure, sans-IO)."""
