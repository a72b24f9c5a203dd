import { readProgramFile } from '../program/files.ts'

export const version: string = JSON.parse(readProgramFile('package.json').toString()).version
