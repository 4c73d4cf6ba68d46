// Passkeys. A page names passkey.js among its scripts and has a form such as
//
//   <form method="post" data-passkey="create" data-options="{…}" data-failed="…" data-known="…" data-unsupported="…">
//     <input type="hidden" name="ceremony" value="…"><input type="hidden" name="answer">
//     <p data-needs>what is needed, for want of JavaScript</p>
//     <p role="alert" data-trouble hidden></p>
//     <button hidden>…</button>
//   </form>
//
// "create" makes a passkey, "get" uses one. The form is sent as any form, with the
// browser's answer in it. Instead of data-options, data-begin is an address that takes
// the form's other fields by POST and answers {"ceremony": "…", "options": {…}}: nothing is
// kept for readers who only look at the page. The texts: refused or given up; this
// device has a passkey already; a browser that knows none.

const decode = s => Uint8Array.from(atob(s.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0))
const encode = b => btoa(String.fromCharCode(...new Uint8Array(b))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

// The conversions are written out, as browsers of some years ago, and the password
// managers that stand in for them, know none.
function options(o) {
  const listed = list => list?.map(c => ({ ...c, id: decode(c.id) }))
  o = { ...o, challenge: decode(o.challenge), allowCredentials: listed(o.allowCredentials), excludeCredentials: listed(o.excludeCredentials) }
  if (o.user) o.user = { ...o.user, id: decode(o.user.id) }
  return o
}

function answer(c) {
  const r = c.response
  const out = { id: c.id, rawId: encode(c.rawId), type: c.type, clientExtensionResults: c.getClientExtensionResults(), response: { clientDataJSON: encode(r.clientDataJSON) } }
  if (c.authenticatorAttachment) out.authenticatorAttachment = c.authenticatorAttachment
  for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (r[name]) out.response[name] = encode(r[name])
  }
  if (r.getTransports) out.response.transports = r.getTransports()
  return JSON.stringify(out)
}

async function asked(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options)
  const got = await fetch(form.dataset.begin, { method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { Accept: 'application/json' } })
  if (!got.ok) throw new Error(String(got.status))
  const { ceremony, options } = await got.json()
  form.elements.namedItem('ceremony').value = ceremony
  return options
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const needs = form.querySelector('[data-needs]')
  const trouble = form.querySelector('[data-trouble]')
  const button = form.querySelector('button')
  if (!window.PublicKeyCredential) {
    if (needs && form.dataset.unsupported) needs.textContent = form.dataset.unsupported
    continue
  }
  if (needs) needs.hidden = true
  button.hidden = false
  form.addEventListener('submit', async e => {
    e.preventDefault()
    button.disabled = true
    trouble.hidden = true
    try {
      const publicKey = options(await asked(form))
      const c = form.dataset.passkey === 'create' ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey })
      form.elements.namedItem('answer').value = answer(c)
      form.submit()
      addEventListener('pageshow', () => { button.disabled = false }) // who comes back may try again
    } catch (err) {
      // Refused, given up, or too late: browsers don't say which.
      trouble.textContent = err.name === 'InvalidStateError' && form.dataset.known || form.dataset.failed
      trouble.hidden = false
      button.disabled = false
    }
  })
}
