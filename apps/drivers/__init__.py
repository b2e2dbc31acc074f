"""Who charges: drivers, groups, tokens and the rules that admit them."""
