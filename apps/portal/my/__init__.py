"""The pages of people who charge: what runs now, what it cost, and their cards. Made for phones."""
