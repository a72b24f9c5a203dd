import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { chat } from '../state/chat.ts'
import { inWords } from '../state/problems.ts'
import { Button } from '../ui/button.tsx'

/** What was asked of the server. */
export interface Asked<Answer> {
	/** Undefined until it is here. */
	answer: Answer | undefined
	problem: string | undefined
	/** Asks again; resolves when what it answered is shown. */
	again(): Promise<void>
}

/** Asks as soon as it is shown, and again where something else is asked for. */
export function useAsked<Answer>(path: string): Asked<Answer> {
	const [state, setState] = useState<{ of: string; answer?: Answer; problem?: string }>({ of: path })
	const wanted = useRef(path)
	wanted.current = path
	const again = async () => {
		try {
			const answer = await chat.ask<Answer>('GET', path)
			if (wanted.current === path) setState({ of: path, answer })
		} catch (error) {
			// What was here is better than nothing.
			const problem = inWords((error as Error).message)
			if (wanted.current === path) setState((old) => ({ ...(old.of === path && old), of: path, problem }))
		}
	}
	useEffect(() => void again(), [path])
	const { answer, problem } = state.of === path ? state : {}
	return { answer, problem, again }
}

interface AnsweredProps<Answer> {
	asked: Asked<Answer>
	children: (answer: Answer) => ComponentChildren
}

/** What was answered, or why it was not. Nothing until then: mostly it is here before one could read that it is not. */
export function Answered<Answer>({ asked, children }: AnsweredProps<Answer>) {
	const { answer, problem, again } = asked
	if (answer === undefined && problem === undefined) return <div aria-busy="true" />
	return (
		<>
			{problem !== undefined && (
				<div class="asked-in-vain">
					<p class="problem">{problem}</p>
					<Button onClick={again}>Try again</Button>
				</div>
			)}
			{answer !== undefined && children(answer)}
		</>
	)
}
