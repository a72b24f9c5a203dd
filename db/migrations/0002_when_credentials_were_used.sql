CREATE TABLE `credential_uses` (
	`credential_id` text PRIMARY KEY NOT NULL,
	`used_at` integer NOT NULL
);
