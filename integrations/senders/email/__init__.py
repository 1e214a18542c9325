from integrations.senders.base import Sender, Setup
from integrations.senders.email.message import as_message, read_mail
from integrations.senders.email.parse import parse, sample

POSTFIX = Setup(
    "Postfix",
    "# /etc/postfix/main.cf\n"
    "relay_domains = @MAIL_DOMAIN\n"
    "transport_maps = hash:/etc/postfix/transport\n"
    "\n"
    "# /etc/postfix/transport, then run: postmap /etc/postfix/transport && postfix reload\n"
    "@MAIL_DOMAIN    smtp:[@SMTP_HOST]:@SMTP_PORT",
)
PIPE = Setup(
    "Pipe",
    '# /etc/aliases, then run: newaliases\nalerts: "|curl -fsS --data-binary @- @ADDRESS/hooks/@KEY/"',
)
HELP = (
    "Mail to the address is taken where the server was started with ALLCLEAR_SMTP_LISTEN. Without it, read a mailbox "
    "over IMAP, or let a mail server pipe messages. Keep the address secret."
)
Sender(
    "email",
    "E-mail",
    "@",
    parse,
    sample,
    "Messages to an address, or in a mailbox",
    setups=(Setup("Address", "@KEY@@MAIL_DOMAIN"), POSTFIX, PIPE),
    help=HELP,
    read=read_mail,
    write=as_message,
    content_type="message/rfc822",
)
