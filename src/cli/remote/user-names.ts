/** What people are called, as servers have it. Nothing else can be a name, whoever says so. */
export const userNamePattern: RegExp = /^[a-z0-9][a-z0-9._-]{0,31}$/
