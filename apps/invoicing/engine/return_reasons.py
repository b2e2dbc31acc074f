"""Why banks send direct debits back (ISO 20022 external reason codes): in words, and what follows."""

_WORDS = {
    "AC01": "The account number is wrong.",
    "AC04": "The account is closed.",
    "AC06": "The account is blocked.",
    "AC13": "The account belongs to a company and allows no such debit.",
    "AG01": "The account allows no direct debits.",
    "AG02": "The bank does not know this kind of transaction.",
    "AM04": "There was not enough money in the account.",
    "AM05": "It was collected twice.",
    "BE05": "The creditor identifier is wrong.",
    "CNOR": "The creditor's bank cannot be reached.",
    "DNOR": "The customer's bank cannot be reached.",
    "FF05": "The kind of direct debit is wrong.",
    "MD01": "The bank knows no valid mandate, or the customer says there is none.",
    "MD02": "Facts of the mandate are missing.",
    "MD06": "The customer asked for the money back within eight weeks.",
    "MD07": "The customer has died.",
    "MS02": "The customer refused it.",
    "MS03": "The bank gives no reason.",
    "RC01": "The bank identifier is wrong.",
    "RR01": "The bank misses the customer's account for legal reasons.",
    "RR02": "The bank misses the customer's name or address for legal reasons.",
    "RR03": "The bank misses the creditor's name or address for legal reasons.",
    "RR04": "The bank refuses it for legal reasons.",
    "SL01": "The customer allows this creditor no debits.",
}
_ENDS_MANDATE = frozenset(("AC01", "AC04", "AC06", "AC13", "AG01", "MD01", "MD07", "SL01"))


def reason_in_words(code: str) -> str:
    """One sentence for people."""
    return _WORDS.get(code, "The bank sent it back.")


def ends_mandate(code: str) -> bool:
    """Whether another try would fail for the same reason, so that a new mandate is needed."""
    return code in _ENDS_MANDATE
