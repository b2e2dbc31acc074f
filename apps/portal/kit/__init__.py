"""The parts that every screen of the portal is made of. How to use them: ``docs/adding-a-screen.md``."""
