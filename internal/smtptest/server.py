"""An SMTP server that tells what it receives, one JSON object a line.

Recipients that start with refused@ get 550, busy@ 451. Arguments: port,
certificate, key, user, password; "" for none of these.
"""
import base64
import json
import ssl
import sys
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


def tell(**what):
    print(json.dumps(what), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 no such user"
        if address.startswith("busy@"):
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        tell(sender=envelope.mail_from, recipients=envelope.rcpt_tos,
             data=base64.b64encode(envelope.original_content).decode(),
             tls=session.ssl is not None, user=session.auth_data.login.decode() if session.auth_data else "")
        return "250 OK"


port, cert, key, user, password = sys.argv[1:]
options = {}
if cert:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    options.update(tls_context=context, require_starttls=True)
if user:
    def check(server, session, envelope, mechanism, data):
        ok = isinstance(data, LoginPassword) and data.login.decode() == user and data.password.decode() == password
        return AuthResult(success=ok, auth_data=data, handled=ok)
    options.update(authenticator=check, auth_required=True)
controller = Controller(Handler(), hostname="127.0.0.1", port=int(port), server_hostname="smtp.test", **options)
controller.start()
tell(ready=True)
while sys.stdin.read(1):
    time.sleep(0.1)
controller.stop()
