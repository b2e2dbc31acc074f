"""Files that come from stations and firmware that goes to them: tickets, storage, retention."""
