import { existsSync } from 'node:fs'
import type { Position } from '../events/log.ts'
import { viewsBehindMsMax } from './limits.ts'
import type { Services } from './services.ts'

/** How it stands with a part of the server. */
export interface Part {
	state: 'ready' | 'behind' | 'disk_full' | 'starting' | 'unreachable'
	/** Up to here it has done its work. */
	position?: Position
	/** So many positions the head of the log is further. */
	behind: number
}

export type PartName = 'log' | 'views' | 'search' | 'webhooks' | 'control'

type PartSources = Pick<Services, 'log' | 'views' | 'writer' | 'search' | 'webhooks' | 'controlPath'>

/** How it stands with each part. Costs a few reads, however much there is. */
export function partsOf(sources: PartSources): Record<PartName, Part> {
	const { log, views, writer, search, webhooks, controlPath } = sources
	const head = log.head().position
	return {
		log: { state: writer.isWritable() ? 'ready' : 'disk_full', position: head, behind: 0 },
		views: upTo(views.checkpoint().position, head),
		search: upTo(search.position(), head),
		webhooks: upTo(webhooks.position() ?? head, head),
		control: { state: existsSync(controlPath) ? 'ready' : 'unreachable', behind: 0 },
	}
}

function upTo(position: Position | undefined, head: Position): Part {
	if (position === undefined) return { state: 'starting', behind: head }
	const behind = Math.max(0, head - position)
	return { state: behind > 0 ? 'behind' : 'ready', position, behind }
}

/** Whether the views have been behind for longer than a batch takes: what they lack was in the log before that. */
export function viewsAreLate({ log, views }: Pick<Services, 'log' | 'views'>, now: number): boolean {
	const [next] = log.readFacts({ after: views.checkpoint().position, through: log.head().position, limit: 1 })
	return next !== undefined && now - next.recordedAt > viewsBehindMsMax
}
