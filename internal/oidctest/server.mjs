// A provider of OpenID Connect for tests: node server.mjs '{options}', see oidctest.go.
// It ends when its input does.
import { createServer } from 'node:http'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import Provider from 'oidc-provider'

const o = JSON.parse(process.argv[2])
process.stdin.resume().on('end', () => process.exit())
const key = (type, options, use) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), use: 'sig', ...use })
const people = new Map(o.users.map(u => [u.login, u]))
const escaped = s => s.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`)

const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(issuer, {
    clients: [{
      client_id: o.client, client_secret: o.secret, redirect_uris: o.callbacks, post_logout_redirect_uris: o.after,
      token_endpoint_auth_method: o.basic ? 'client_secret_basic' : 'client_secret_post',
      ...(o.signed && { userinfo_signed_response_alg: 'ES256', id_token_signed_response_alg: 'ES256' }),
    }, ...(o.others ?? [])],
    jwks: { keys: [key('rsa', { modulusLength: 2048 }, { alg: 'RS256' }), key('ec', { namedCurve: 'P-256' }, { alg: 'ES256' })] },
    clientAuthMethods: o.basic ? ['client_secret_basic'] : ['client_secret_post'],
    cookies: { keys: [randomBytes(16).toString('hex')] },
    pkce: { required: () => o.pkce },
    acrValues: o.acr,
    features: { devInteractions: { enabled: false }, jwtUserinfo: { enabled: o.signed }, claimsParameter: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    claims: {
      acr: null, amr: null, openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name'],
      ...Object.fromEntries(['given_name', 'family_name', 'usual_name', 'uid', 'siret', 'birthdate'].map(c => [c, [c]])),
    },
    interactions: { url: (ctx, i) => `/choose/${i.uid}` },
    findAccount: (ctx, login) => ({ accountId: login, claims: () => ({ ...people.get(login).claims, sub: login }) }),
    // Whoever comes has consented to all that is asked for.
    loadExistingGrant: async ctx => {
      const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId })
      grant.addOIDCScope(ctx.oidc.params.scope)
      await grant.save()
      return grant
    },
    ttl: { Session: 3600, Interaction: 600, Grant: 3600, AccessToken: 60, IdToken: 60, AuthorizationCode: 30 },
  })
  provider.on('server_error', (ctx, err) => console.error(err))
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith('/choose/')) return next()
    if (ctx.method === 'GET') {
      ctx.type = 'html'
      ctx.body = `<!doctype html><html lang="en"><head><title>Who are you?</title><link rel="icon" href="data:,"></head><body><main><h1>Who are you?</h1><form method="post">
${[...people.keys()].map(login => `<p><button name="login" value="${escaped(login)}">${escaped(login)}</button></p>`).join('\n')}
<p><button name="login" value="">Nobody</button></p></form></main></body></html>`
      return
    }
    let body = ''
    for await (const part of ctx.req) body += part
    const user = people.get(new URLSearchParams(body).get('login'))
    const result = user
      ? { login: { accountId: user.login, acr: user.acr || undefined, amr: user.amr ?? undefined, remember: false } }
      : { error: 'access_denied', error_description: 'nobody came' }
    await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false })
    ctx.respond = false
  })
  server.on('request', provider.callback())
  console.log(JSON.stringify({ issuer }))
})
