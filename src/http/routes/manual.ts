import type { HttpConfig } from '../services.ts'

/** One screen for those who come with curl. Every line works when pasted. */
export function manual(address: string, { version, guests }: HttpConfig): string {
	if (!guests) {
		return `Tailroom ${version}: a chat whose heart is one ordered log

This server is closed: it has no accounts yet, and guests are not let in.
To try it, start it with guests:

  npm start -- --guests
`
	}
	return `Tailroom ${version}: a chat whose heart is one ordered log

Post               curl -d 'hello' ${address}/rooms/general/messages
  under a name     curl -d 'hello' -H 'Tailroom-User: ada' ${address}/rooms/general/messages
  safe to repeat   curl -d 'hello' -H 'Idempotency-Key: '$(date +%s) ${address}/rooms/general/messages
Follow             curl -N ${address}/rooms/general/events
  to read along    curl -N -H 'Accept: text/plain' '${address}/events?tail=10'
  a JSON a line    curl -N -H 'Accept: application/x-ndjson' ${address}/events
Resume             curl -N -H 'Last-Event-ID: <the last id: you saw>' ${address}/rooms/general/events
  from the start   curl -N '${address}/rooms/general/events?after=0'
  and stop there   curl -N '${address}/rooms/general/events?after=0&until=head'
History            curl '${address}/rooms/general/messages?limit=20'
Rooms              curl ${address}/rooms
Who is here        curl ${address}/presence

A room that does not exist is opened by posting to it. WebSocket: ${address.replace(/^http/, 'ws')}/ws
`
}
