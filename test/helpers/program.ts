import { checkout } from './checkout.ts'

/** What a test starts as `tailroom`: bundled before all tests; where one is run alone, its sources as they are. */
export const program: string = `${checkout}${process.env.TEST_PROGRAM ?? 'src/main.ts'}`
