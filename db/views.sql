CREATE TABLE `addresses` (
	`position` integer PRIMARY KEY NOT NULL,
	`recorded_at` integer NOT NULL
);

CREATE INDEX `addresses_by_time` ON `addresses` (`recorded_at`);
CREATE TABLE `audit` (
	`position` integer PRIMARY KEY NOT NULL
);

CREATE TABLE `checkpoint` (
	`id` integer PRIMARY KEY NOT NULL,
	`log_id` text NOT NULL,
	`position` integer NOT NULL,
	`fingerprint` text NOT NULL,
	CONSTRAINT "one_checkpoint" CHECK("checkpoint"."id" = 1)
);

CREATE TABLE `invitations` (
	`invitation_id` text PRIMARY KEY NOT NULL,
	`code_hash` text NOT NULL,
	`issuer_id` text NOT NULL,
	`role` text NOT NULL,
	`room_ids` text NOT NULL,
	`position` integer NOT NULL,
	`expires_at` integer NOT NULL
);

CREATE UNIQUE INDEX `invitations_code_hash_unique` ON `invitations` (`code_hash`);
CREATE TABLE `members` (
	`room_id` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`room_id`, `user_id`)
);

CREATE INDEX `members_by_user` ON `members` (`user_id`);
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
	`described_position` integer,
	`visibility` text NOT NULL,
	`archived` integer NOT NULL,
	`sequence` integer NOT NULL,
	`opened_position` integer NOT NULL
);

CREATE UNIQUE INDEX `rooms_slug_unique` ON `rooms` (`slug`);
CREATE TABLE `sessions` (
	`session_id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`secret_hash` text NOT NULL,
	`position` integer NOT NULL,
	`opened_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);

CREATE UNIQUE INDEX `sessions_secret_hash_unique` ON `sessions` (`secret_hash`);
CREATE INDEX `sessions_by_user` ON `sessions` (`user_id`);
CREATE TABLE `tokens` (
	`token_id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`secret_hash` text NOT NULL,
	`scope` text NOT NULL,
	`room_ids` text,
	`position` integer NOT NULL,
	`expires_at` integer
);

CREATE UNIQUE INDEX `tokens_secret_hash_unique` ON `tokens` (`secret_hash`);
CREATE INDEX `tokens_by_user` ON `tokens` (`user_id`);
CREATE TABLE `users` (
	`user_id` text PRIMARY KEY NOT NULL,
	`name_digest` text NOT NULL,
	`role` text NOT NULL,
	`active` integer NOT NULL,
	`name_position` integer NOT NULL,
	`display_name_position` integer,
	`password_position` integer
);

CREATE UNIQUE INDEX `users_name_digest_unique` ON `users` (`name_digest`);
CREATE TABLE `visitors` (
	`room_id` text NOT NULL,
	`user_id` text NOT NULL,
	`position` integer NOT NULL,
	`since` integer NOT NULL,
	PRIMARY KEY(`room_id`, `user_id`)
);

