"""Measures what ChargeNet costs: ``python -m tests.benchmarks [names] [--quick]``, explained in docs/performance.md."""
