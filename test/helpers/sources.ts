import type { LogReader } from '../../src/events/log.ts'
import { Erasures } from '../../src/http/delivery/erasures.ts'
import type { HistorySources } from '../../src/http/routes/history.ts'
import { Names } from '../../src/projections/names.ts'
import type { Views } from '../../src/projections/views.ts'

/** Where texts and names are, on a server that keeps everything. */
export function sourcesOf(views: Views, log: LogReader): HistorySources {
	const erasures = new Erasures(views, log)
	return {
		views,
		log,
		nameOf: new Names(views, log).of,
		erasureOf: erasures.of,
		erasuresIn: ({ clearedSequence }) => erasures.upTo(clearedSequence),
	}
}
