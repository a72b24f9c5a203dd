/** Whom a server lets in: nobody yet but its owner to be, people with an account, or everybody. */
export type FrontState = 'setup' | 'closed' | 'guests'

/** One screen for those who come with curl. Every line works when pasted. */
export function manual(address: string, version: string, state: FrontState): string {
	const title = `Tailroom ${version}: a chat whose heart is one ordered log\n`
	if (state === 'setup') return `${title}${setupManual(address)}`
	const isOpen = state === 'guests'
	const curl = isOpen ? 'curl' : 'curl -H "$T"'
	return `${title}
${isOpen ? '' : signInManual(address)}Post               ${curl} -d 'hello' ${address}/rooms/general/messages
${isOpen ? `  under a name     ${curl} -d 'hello' -H 'Tailroom-User: ada' ${address}/rooms/general/messages\n` : ''}  safe to repeat   ${curl} -d 'hello' -H 'Idempotency-Key: '$(date +%s) ${address}/rooms/general/messages
Follow             ${curl} -N ${address}/rooms/general/events
  to read along    ${curl} -N -H 'Accept: text/plain' '${address}/events?tail=10'
  a JSON a line    ${curl} -N -H 'Accept: application/x-ndjson' ${address}/events
  what you want    ${curl} -N -G ${address}/rooms/general/events --data-urlencode 'filter=content.contains("deploy")'
Wait for it        ${curl} '${address}/rooms/general/wait?timeoutMs=1000'
Resume             ${curl} -N -H 'Last-Event-ID: <the last id: you saw>' ${address}/rooms/general/events
  from the start   ${curl} -N '${address}/rooms/general/events?after=0'
  and stop there   ${curl} -N '${address}/rooms/general/events?after=0&until=head'
History            ${curl} '${address}/rooms/general/messages?limit=20'
  as it was        ${curl} '${address}/rooms/general/messages?at=1'
Search             ${curl} '${address}/search?q=hello+from:ada'
Rooms              ${curl} ${address}/rooms
Who is here        ${curl} ${address}/presence
${isOpen ? '' : accountManual(address)}
${isOpen ? 'A room that does not exist is opened by posting to it. ' : ''}WebSocket: ${address.replace(/^http/, 'ws')}/ws
`
}

function setupManual(address: string): string {
	return `
This server is new: it answers nobody until it has an owner. Whoever started it can paste this on the
machine where its data directory is (./data unless told otherwise), with a name and password of their own:

  curl -H 'Content-Type: application/json' ${address}/setup \\
    -d '{"code":"'$(cat data/setup-code)'","name":"ada","password":"a password of yours"}'

The answer holds a token. What you can do with it: curl ${address}
`
}

function signInManual(address: string): string {
	const json = "-H 'Content-Type: application/json'"
	return `Show your token    T='Authorization: Bearer <your token>'
  or sign in       curl -c /tmp/jar ${json} -d '{"name":"ada","password":"…"}' ${address}/sessions
  for a token      curl -b /tmp/jar ${json} -d '{"scope":"full"}' ${address}/tokens
`
}

function accountManual(address: string): string {
	return `Write to one       curl -H "$T" -d 'hello' ${address}/rooms/@bob/messages
Edit               curl -H "$T" -X PATCH -d '{"content":"…"}' -H 'Content-Type: application/json' ${address}/rooms/general/messages/<id>
  delete           curl -H "$T" -X DELETE ${address}/rooms/general/messages/<id>
  react            curl -H "$T" -X PUT ${address}/rooms/general/messages/<id>/reactions/👍
Kept for you       curl -H "$T" -N '${address}/events?consumer=bot'
  up to there      curl -H "$T" -X PUT -d '{"cursor":"…"}' -H 'Content-Type: application/json' ${address}/consumers/bot
All at once        curl -H "$T" ${address}/sync
Open a room        curl -H "$T" -X PUT -d '{"visibility":"private"}' -H 'Content-Type: application/json' ${address}/rooms/team
  let somebody in  curl -H "$T" -X PUT ${address}/rooms/team/members/bob
Add a bot          curl -H "$T" -d '{"name":"ci","role":"bot"}' -H 'Content-Type: application/json' ${address}/users
A token for less   curl -H "$T" -d '{"scope":"read","rooms":["general"]}' -H 'Content-Type: application/json' ${address}/tokens
  for a program    curl -H "$T" -d '{"room":"general","user":"ci"}' -H 'Content-Type: application/json' ${address}/hooks
Invite somebody    curl -H "$T" -X POST ${address}/invites
`
}
