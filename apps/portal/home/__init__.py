"""The first screen: what needs somebody, then the network in numbers."""
