"""X.509 as charging needs it: requests, chains, hashes, OCSP, eMAIDs. Pure: no Django, no network, no clock."""
