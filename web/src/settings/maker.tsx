import { Plus } from 'lucide'
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../ui/button.tsx'

interface MakerProps<Made> {
	/** What its button says. */
	label: string
	/** The form; `cancel` is a button for it. */
	form: (made: (made: Made) => void, cancel: ComponentChildren) => ComponentChildren
	/** What is shown of what was made, until one is done with it. */
	shown: (made: Made) => ComponentChildren
}

/** A button that opens a form; what is made by it and never shown again stays until somebody says that they have it. */
export function Maker<Made>({ label, form, shown }: MakerProps<Made>) {
	const [state, setState] = useState<'closed' | 'open' | { made: Made }>('closed')
	const box = useRef<HTMLElement>(null)
	const isFirst = useRef(true)
	const step = typeof state === 'string' ? state : 'made'
	useLayoutEffect(() => {
		// The focus follows: into the form, to what was made, and back to the button.
		const first = { closed: 'button', open: 'input, select', made: '[tabindex="-1"]' }[step]
		if (!isFirst.current) box.current?.querySelector<HTMLElement>(first)?.focus()
		isFirst.current = false
	}, [step])
	return (
		<section
			ref={box}
			class={step === 'closed' ? 'maker' : 'maker open'}
			aria-label={step === 'closed' ? undefined : label}
			onKeyDown={(event) => {
				if (event.key !== 'Escape' || step === 'closed' || event.target instanceof HTMLSelectElement) return
				event.preventDefault()
				// A secret that was not copied yet would be lost.
				if (step === 'open') setState('closed')
			}}
		>
			{state === 'closed' && (
				<Button kind="primary" icon={Plus} onClick={() => setState('open')}>
					{label}
				</Button>
			)}
			{state === 'open' &&
				form(
					(made) => setState({ made }),
					<Button key="cancel" onClick={() => setState('closed')}>
						Cancel
					</Button>,
				)}
			{typeof state === 'object' && (
				<>
					{shown(state.made)}
					<div class="form-actions">
						<Button kind="primary" onClick={() => setState('closed')}>
							Done
						</Button>
					</div>
				</>
			)}
		</section>
	)
}

/** The head of what was made; it is read first. */
export function MadeHead({ title, hint }: { title: string; hint: string }) {
	return (
		<header>
			<h2 tabIndex={-1}>{title}</h2>
			<p class="settings-hint">{hint}</p>
		</header>
	)
}
