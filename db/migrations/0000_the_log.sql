CREATE TABLE `events` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`stream_id` text NOT NULL,
	`event_id` text NOT NULL,
	`type` text NOT NULL,
	`schema_version` integer NOT NULL,
	`recorded_at` integer NOT NULL,
	`metadata` text NOT NULL,
	`data` text NOT NULL,
	`body` text,
	`salt` blob,
	`body_digest` blob,
	`fingerprint` blob NOT NULL,
	CONSTRAINT "position_is_positive" CHECK("events"."position" > 0)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `events_event_id_unique` ON `events` (`event_id`);--> statement-breakpoint
CREATE INDEX `events_by_stream` ON `events` (`stream_id`,`position`);--> statement-breakpoint
CREATE TABLE `log_identity` (
	`id` integer PRIMARY KEY NOT NULL,
	`log_id` text NOT NULL,
	CONSTRAINT "one_row" CHECK("log_identity"."id" = 1)
);
