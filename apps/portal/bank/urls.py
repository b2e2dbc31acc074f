"""URLs of the bank and of direct debits."""

from django.urls import path

from apps.portal.bank import assigning, collections, debits, files, mandates, transactions

urlpatterns = [
    path("bank/", transactions.TransactionList.as_view(), name="bank"),
    path("bank/import/", files.ImportFile.as_view(), name="bank-import"),
    path("bank/files/", files.FileList.as_view(), name="bank-files"),
    path("bank/files/<int:pk>/", files.FilePage.as_view(), name="bank-file"),
    path("bank/entries/<int:pk>/", transactions.TransactionPage.as_view(), name="bank-transaction"),
    path("bank/entries/<int:pk>/assign/", assigning.Assign.as_view(), name="bank-assign"),
    path("bank/entries/<int:pk>/fee/", assigning.AssignAsFee.as_view(), name="bank-fee"),
    path("bank/entries/<int:pk>/return/", assigning.AssignAsReturn.as_view(), name="bank-return"),
    path("bank/entries/<int:pk>/take-back/", assigning.TakeBack.as_view(), name="bank-take-back"),
    path("mandates/", mandates.MandateList.as_view(), name="mandates"),
    path("mandates/new/", mandates.MandateNew.as_view(), name="mandate-new"),
    path("mandates/<int:pk>/revoke/", mandates.MandateRevoke.as_view(), name="mandate-revoke"),
    path("debits/", debits.DebitList.as_view(), name="debits"),
    path("debits/terms/<int:pk>/", debits.EditTerms.as_view(), name="debit-terms"),
    path("debits/<int:pk>/announced/", debits.DebitAnnounced.as_view(), name="debit-announced"),
    path("debits/<int:pk>/cancel/", debits.DebitCancel.as_view(), name="debit-cancel"),
    path("collections/", collections.CollectionList.as_view(), name="collections"),
    path("collections/new/", collections.CollectionNew.as_view(), name="collection-new"),
    path("collections/answer/", collections.ReadAnswer.as_view(), name="collection-answer"),
    path("collections/<int:pk>/", collections.CollectionPage.as_view(), name="collection"),
    path("collections/<int:pk>/file/", collections.CollectionFile.as_view(), name="collection-file"),
    path("collections/<int:pk>/submitted/", collections.CollectionSubmitted.as_view(), name="collection-submitted"),
    path("collections/<int:pk>/discard/", collections.CollectionDiscard.as_view(), name="collection-discard"),
]
