"""URLs of billing runs, invoices and what is not billed or not paid yet."""

from django.urls import path

from apps.portal.billing import invoice_actions, invoices, open_items, run_actions, runs, unbilled

urlpatterns = [
    path("billing/runs/", runs.RunList.as_view(), name="billing-runs"),
    path("billing/runs/new/", run_actions.StartRun.as_view(), name="billing-run-new"),
    path("billing/runs/<int:pk>/", runs.RunPage.as_view(), name="billing-run"),
    path("billing/runs/<int:pk>/approve/", run_actions.ApproveRun.as_view(), name="billing-run-approve"),
    path("billing/runs/<int:pk>/cancel/", run_actions.CancelRun.as_view(), name="billing-run-cancel"),
    path("billing/runs/<int:pk>/close-period/", run_actions.ClosePeriod.as_view(), name="billing-period-close"),
    path("billing/accounts/<int:pk>/go-on/", run_actions.LetGoOn.as_view(), name="billing-item-go-on"),
    path("billing/accounts/<int:pk>/leave-out/", run_actions.LeaveOut.as_view(), name="billing-item-leave-out"),
    path("billing/invoices/", invoices.InvoiceList.as_view(), name="invoices"),
    path("billing/invoices/<int:pk>/", invoices.InvoicePage.as_view(), name="invoice"),
    path("billing/invoices/<int:pk>/credit/", invoice_actions.CreditInvoice.as_view(), name="invoice-credit"),
    path("billing/invoices/<int:pk>/bill-again/", invoice_actions.BillAgain.as_view(), name="invoice-bill-again"),
    path("billing/invoices/<int:pk>/discard/", invoice_actions.DiscardDraft.as_view(), name="invoice-discard"),
    path("billing/unbilled/", unbilled.UnbilledList.as_view(), name="unbilled"),
    path("billing/open-items/", open_items.OpenItems.as_view(), name="open-items"),
]
