import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Form } from '../ui/form.tsx'

interface ConfirmProps {
	title: string
	hint: string
	action: string
	confirmed: () => Promise<unknown>
	close: () => void
}

/** Asks before what cannot be undone. */
export default function Confirm({ title, hint, action, confirmed, close }: ConfirmProps) {
	return (
		<Dialog title={title} hint={hint} close={close}>
			<Form
				action={action}
				kind="danger"
				send={async () => {
					await confirmed()
					close()
				}}
				more={
					<Button autofocus onClick={close}>
						Cancel
					</Button>
				}
			>
				{null}
			</Form>
		</Dialog>
	)
}
