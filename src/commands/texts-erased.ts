import type { EventShapes, NewEvent } from '../events/catalogue.ts'
import type { Position } from '../events/log.ts'

/** Erases the texts at those positions; no event where there are none. */
export function textsErased(
	reason: EventShapes['TextsErased']['data']['reason'],
	erases: readonly Position[],
): NewEvent[] {
	if (erases.length === 0) return []
	return [{ streamId: 'server', type: 'TextsErased', data: { reason, erases }, body: null }]
}
