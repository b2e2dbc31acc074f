"""Sending an invoice by e-mail: its PDF, its XML, and a link, in the customer's language."""

from datetime import datetime
from email.utils import formataddr, parseaddr
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage

from apps.core.errors import DomainError
from apps.invoicing.documents.content import Content, read_content
from apps.invoicing.documents.words import words_of
from apps.invoicing.links import VALID_FOR, signed_path
from apps.invoicing.models import Invoice, InvoiceDocument
from apps.invoicing.services.documents import make_pdf, make_xml


class MailRefused(DomainError):
    """The server does not take mail for this address. Other failures are the mail server's: they are tried again."""

    code = "mail_refused"


def send_invoice(invoice_id: int, *, at: datetime) -> bool:
    """Send an issued invoice once; return whether it went out now. Its documents are made where they are missing.

    Nothing is sent to customers without an address or who want no mail. ``sent_at`` is written after the mail server
    took the mail: a crash between the two sends it again, a failure before leaves it to be sent. Raises
    ``MailRefused``, what ``make_pdf`` raises, and what the mail backend raises while the server is away.
    """
    content = read_content(invoice_id)
    invoice = content.invoice
    address = invoice.account.email
    if invoice.sent_at or not address or not invoice.account.sends_mail:
        return False
    xml, pdf = make_xml(invoice_id, at=at), make_pdf(invoice_id, at=at)
    try:
        _mail(content, address, xml, pdf, at).send()
    except SMTPRecipientsRefused as error:
        raise MailRefused(f"The mail server refuses {address}.") from error
    return bool(Invoice.objects.filter(pk=invoice_id, sent_at=None).update(sent_at=at))


def _mail(content: Content, address: str, xml: InvoiceDocument, pdf: InvoiceDocument, at: datetime) -> EmailMessage:
    words, invoice, seller = words_of(content), content.invoice, content.seller
    assert invoice.number
    assert invoice.issued_on
    kind = words.text(invoice.kind)
    amount = words.money(invoice.payable, invoice.currency)
    paragraphs = [
        words.text("mail_hello", name=content.buyer.get("contact") or content.buyer["name"]),
        words.text("mail_body", kind=kind, number=invoice.number, date=words.date(invoice.issued_on), amount=amount),
    ]
    if settings.PUBLIC_URL:
        link = words.text("mail_link", until=words.date((at + VALID_FOR).date()))
        paragraphs.append(f"{link}\n{settings.PUBLIC_URL}{signed_path(pdf)}")
    paragraphs.append(f"{words.text('mail_bye')}\n{seller['name']}")
    message = EmailMessage(
        subject=_one_line(words.text("mail_subject", seller=seller["name"], kind=kind, number=invoice.number)),
        body="\n\n".join(paragraphs) + "\n",
        from_email=formataddr((_one_line(seller["name"]), parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[address],
        reply_to=[seller["email"]],
    )
    message.attach(f"{invoice.file_name}.pdf", bytes(pdf.content), "application/pdf")
    message.attach(f"{invoice.file_name}.xml", bytes(xml.content), "application/xml")
    return message


def _one_line(text: str) -> str:
    return " ".join(text.split())
