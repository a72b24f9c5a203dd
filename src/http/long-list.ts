import { setImmediate as nextTurn } from 'node:timers/promises'

/** So many rows are answered in one turn of the loop: with a name from the log each, a millisecond or two. */
const rowsAtOnce = 200

/** The answers to rows that were read already. A long list is no reason for others to wait. */
export async function inParts<Row, Answer>(rows: readonly Row[], answer: (row: Row) => Answer): Promise<Answer[]> {
	const answers: Answer[] = []
	for (const row of rows) {
		answers.push(answer(row))
		if (answers.length % rowsAtOnce === 0) await nextTurn()
	}
	return answers
}
