"""How much a finding matters, in colour and icon."""

from apps.chargers.selectors import Level
from apps.core.choices import ColouredChoices


class FindingLook(ColouredChoices):
    BAD = "bad", "red", "circle-x", "In the way"
    WARNING = "warning", "orange", "alert-triangle", "Look at this"
    GOOD = "good", "green", "circle-check", "In order"
    INFO = "info", "secondary", "info-circle", "To know"


LOOKS = {level: FindingLook(level.value) for level in Level}
