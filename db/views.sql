CREATE TABLE `checkpoint` (
	`id` integer PRIMARY KEY NOT NULL,
	`log_id` text NOT NULL,
	`position` integer NOT NULL,
	`fingerprint` text NOT NULL,
	CONSTRAINT "one_checkpoint" CHECK("checkpoint"."id" = 1)
);

CREATE TABLE `messages` (
	`room_id` text NOT NULL,
	`sequence` integer NOT NULL,
	`message_id` text NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`room_id`, `sequence`)
);

CREATE UNIQUE INDEX `messages_message_id_unique` ON `messages` (`message_id`);
CREATE INDEX `messages_by_room_position` ON `messages` (`room_id`,`position`);
CREATE TABLE `presences` (
	`user_id` text PRIMARY KEY NOT NULL,
	`position` integer NOT NULL,
	`state` text NOT NULL,
	`since` integer NOT NULL
);

CREATE TABLE `rooms` (
	`room_id` text PRIMARY KEY NOT NULL,
	`slug` text NOT NULL,
	`title` text NOT NULL,
	`topic` text NOT NULL,
	`visibility` text NOT NULL,
	`archived` integer NOT NULL,
	`sequence` integer NOT NULL,
	`opened_position` integer NOT NULL
);

CREATE UNIQUE INDEX `rooms_slug_unique` ON `rooms` (`slug`);
CREATE TABLE `visitors` (
	`room_id` text NOT NULL,
	`user_id` text NOT NULL,
	`position` integer NOT NULL,
	`since` integer NOT NULL,
	PRIMARY KEY(`room_id`, `user_id`)
);

