"""What guests read: for each state a headline and what it means for them."""

from apps.invoicing.choices import GuestState

HEADLINES = {
    GuestState.PAYING: ("One step to go", "Pay on the page of our payment provider. Then charging starts by itself."),
    GuestState.STARTING: ("Plug in now", "The payment is in. Put the cable into your car; charging starts by itself."),
    GuestState.CHARGING: ("Charging", "You can close this page. Charging goes on."),
    GuestState.SETTLING: ("Done", "We are working out what it cost. This takes a moment."),
    GuestState.RELEASING: ("Nothing is charged", "The amount on your card is being released."),
    GuestState.PAID: ("Thank you", "You paid what you charged. The rest of the authorised amount is released."),
    GuestState.NOTHING_CHARGED: ("Nothing was charged", "No energy flowed, so it costs nothing."),
    GuestState.NOT_PLUGGED_IN: ("Charging did not begin", "No car was plugged in in time, so nothing is charged."),
    GuestState.CANCELLED: ("Cancelled", "Nothing is charged."),
    GuestState.ABANDONED: ("Not paid", "The payment was not completed in time. Nothing is charged."),
    GuestState.PAYMENT_FAILED: ("The payment failed", "Nothing is charged. Try again, perhaps with another card."),
    GuestState.TAKEN: ("Somebody was faster", "Another car charges here by now. Nothing is charged."),
    GuestState.REFUSED: ("The charger refused", "It did not begin to charge, so nothing is charged."),
    GuestState.UNREACHABLE: ("The charger did not answer", "It could not be started, so nothing is charged."),
    GuestState.DOUBTFUL: (
        "Nothing was charged",
        "The meter of this charger told something odd. Not your loss.",
    ),
    GuestState.UNPAID: ("The payment did not come through", "We could not take the amount. We will write to you."),
}
RELEASED = "The amount that was authorised is released. Your bank shows that within a few days."


def headline(state: GuestState) -> tuple[str, str]:
    return HEADLINES[state]
