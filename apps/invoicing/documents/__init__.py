"""What an invoice states, translated to bytes: EN 16931 XML and PDF/A-3. Reads rows, writes none."""
