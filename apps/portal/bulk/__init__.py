"""One operation over many stations: choosing, confirming, watching."""
