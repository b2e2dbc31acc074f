"""What ChargeNet is compared with: servers that do less."""
