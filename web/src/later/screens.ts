/* What nobody needs at once. It is one file: many small ones are larger together, and one that is here is here without a line too. */
export { dialogs } from '../dialogs/dialogs.ts'
export { default as Picker } from '../emoji/picker.tsx'
export { default as Moment } from '../moment/moment.tsx'
export { default as Settings } from '../settings/settings.tsx'
