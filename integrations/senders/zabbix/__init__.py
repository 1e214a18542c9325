from integrations.senders.base import Sender
from integrations.senders.zabbix.parse import MEDIA_TYPE, parse, sample

Sender("zabbix", "Zabbix", "ZX", parse, sample, "By a media type to import", MEDIA_TYPE)
