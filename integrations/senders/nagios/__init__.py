from integrations.senders.base import Sender
from integrations.senders.nagios.parse import COMMANDS, parse, sample

Sender("nagios", "Icinga, Nagios", "IC", parse, sample, "By a notification command to copy", COMMANDS)
