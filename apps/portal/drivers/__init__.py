"""Who may charge: drivers, their groups, their cards, and the rules that admit them."""
