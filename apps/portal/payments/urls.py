"""URLs of payments, the books and reminders."""

from django.urls import path

from apps.portal.payments import actions, books, dummy_page, reminders, views

urlpatterns = [
    path("pay/dummy/<str:ref>/", dummy_page.DummyPage.as_view(), name="dummy-payment"),
    path("billing/payments/", views.PaymentList.as_view(), name="payments"),
    path("billing/payments/new/", actions.RecordPayment.as_view(), name="payment-new"),
    path("billing/payments/<int:pk>/", views.PaymentPage.as_view(), name="payment"),
    path("billing/payments/<int:pk>/refund/", actions.RefundPayment.as_view(), name="payment-refund"),
    path("billing/payments/<int:pk>/allocate/", actions.AllocatePayment.as_view(), name="payment-allocate"),
    path("billing/payments/<int:pk>/release/", actions.ReleasePayment.as_view(), name="payment-release"),
    path("billing/payments/<int:pk>/free/", actions.FreePayment.as_view(), name="payment-free"),
    path("billing/payments/<int:pk>/check/", actions.CheckPayment.as_view(), name="payment-check"),
    path("billing/customers/<int:pk>/methods/", views.MethodList.as_view(), name="payment-methods"),
    path("billing/methods/<int:pk>/default/", actions.ChooseMethod.as_view(), name="method-default"),
    path("billing/methods/<int:pk>/remove/", actions.RemoveMethod.as_view(), name="method-remove"),
    path("billing/customers/<int:pk>/statement/", books.Statement.as_view(), name="account-statement"),
    path("billing/ledger/", books.Ledger.as_view(), name="ledger"),
    path("billing/ledger/<int:pk>/", books.LedgerAccountEntries.as_view(), name="ledger-account"),
    path("billing/reminders/", reminders.Overdue.as_view(), name="reminders"),
    path("billing/reminders/sent/", reminders.Sent.as_view(), name="reminders-sent"),
    path("billing/reminders/paused/", reminders.Pauses.as_view(), name="pauses"),
    path("billing/reminders/paused/<int:pk>/end/", reminders.EndPause.as_view(), name="pause-end"),
    path("billing/reminders/<int:pk>/send/", reminders.SendReminder.as_view(), name="reminder-send"),
    path("billing/reminders/<int:pk>/pause/", reminders.PauseReminders.as_view(), name="reminder-pause"),
    path("billing/reminders/<int:pk>/write-off/", reminders.WriteOff.as_view(), name="invoice-write-off"),
]
