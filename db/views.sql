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

CREATE TABLE `edits` (
	`message_id` text NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`message_id`, `position`)
);

CREATE TABLE `hooks` (
	`hook_id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`room_id` text NOT NULL,
	`position` integer NOT NULL,
	`secret_in_url` integer NOT NULL
);

CREATE INDEX `hooks_by_user` ON `hooks` (`user_id`);
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

CREATE INDEX `members_by_user` ON `members` (`user_id`,`room_id`);
CREATE TABLE `mentions` (
	`room_id` text NOT NULL,
	`user_id` text NOT NULL,
	`sequence` integer NOT NULL,
	`author_id` text NOT NULL,
	PRIMARY KEY(`room_id`, `user_id`, `sequence`)
);

CREATE INDEX `mentions_by_message` ON `mentions` (`room_id`,`sequence`);
CREATE TABLE `messages` (
	`room_id` text NOT NULL,
	`sequence` integer NOT NULL,
	`message_id` text NOT NULL,
	`position` integer NOT NULL,
	`author_id` text NOT NULL,
	`author_sequence` integer NOT NULL,
	`recorded_at` integer NOT NULL,
	`reply_to` text,
	`edited_position` integer,
	`erased` text,
	PRIMARY KEY(`room_id`, `sequence`)
);

CREATE UNIQUE INDEX `messages_message_id_unique` ON `messages` (`message_id`);
CREATE INDEX `messages_by_room_position` ON `messages` (`room_id`,`position`);
CREATE INDEX `messages_by_author` ON `messages` (`author_id`,`room_id`,`sequence`);
CREATE INDEX `messages_kept` ON `messages` (`author_id`,`position`) WHERE "messages"."erased" is null;
CREATE INDEX `messages_by_answered` ON `messages` (`reply_to`,`sequence`) WHERE "messages"."reply_to" is not null;
CREATE INDEX `messages_erased` ON `messages` (`room_id`,`sequence`) WHERE "messages"."erased" is not null;
CREATE TABLE `past_members` (
	`room_id` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`position` integer NOT NULL,
	`until_position` integer NOT NULL,
	PRIMARY KEY(`room_id`, `user_id`, `position`)
);

CREATE INDEX `past_members_by_end` ON `past_members` (`room_id`,`until_position`);
CREATE TABLE `personal_texts` (
	`user_id` text NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`user_id`, `position`)
);

CREATE INDEX `personal_texts_by_position` ON `personal_texts` (`position`);
CREATE TABLE `presence_texts` (
	`position` integer PRIMARY KEY NOT NULL,
	`recorded_at` integer NOT NULL
);

CREATE INDEX `presence_texts_by_time` ON `presence_texts` (`recorded_at`);
CREATE TABLE `presences` (
	`user_id` text PRIMARY KEY NOT NULL,
	`position` integer NOT NULL,
	`state` text NOT NULL,
	`idle` integer NOT NULL,
	`since` integer NOT NULL
);

CREATE TABLE `reactions` (
	`message_id` text NOT NULL,
	`position` integer NOT NULL,
	`user_id` text NOT NULL,
	`emoji` text NOT NULL,
	`removed_position` integer,
	PRIMARY KEY(`message_id`, `position`)
);

CREATE TABLE `read_markers` (
	`room_id` text NOT NULL,
	`user_id` text NOT NULL,
	`sequence` integer NOT NULL,
	PRIMARY KEY(`room_id`, `user_id`)
);

CREATE INDEX `read_markers_by_user` ON `read_markers` (`user_id`);
CREATE TABLE `rooms` (
	`room_id` text PRIMARY KEY NOT NULL,
	`slug` text,
	`described_position` integer,
	`visibility` text NOT NULL,
	`archived` integer NOT NULL,
	`sequence` integer NOT NULL,
	`cleared_sequence` integer NOT NULL,
	`floor_sequence` integer NOT NULL,
	`opened_position` integer NOT NULL,
	`history_limit` integer,
	`history_ttl_ms` integer
);

CREATE UNIQUE INDEX `rooms_slug_unique` ON `rooms` (`slug`);
CREATE TABLE `sanction_texts` (
	`position` integer PRIMARY KEY NOT NULL,
	`until_ms` integer
);

CREATE INDEX `sanction_texts_by_end` ON `sanction_texts` (`until_ms`) WHERE "sanction_texts"."until_ms" is not null;
CREATE TABLE `sanctions` (
	`room_id` text NOT NULL,
	`user_id` text NOT NULL,
	`kind` text NOT NULL,
	`position` integer NOT NULL,
	`until_ms` integer,
	PRIMARY KEY(`room_id`, `user_id`, `kind`)
);

CREATE INDEX `sanctions_by_user` ON `sanctions` (`user_id`);
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
	`password_position` integer,
	`erased_number` integer,
	`erases_messages` integer NOT NULL
);

CREATE UNIQUE INDEX `users_name_digest_unique` ON `users` (`name_digest`);
CREATE UNIQUE INDEX `users_erased_number_unique` ON `users` (`erased_number`);
CREATE TABLE `visitors` (
	`room_id` text NOT NULL,
	`user_id` text NOT NULL,
	`position` integer NOT NULL,
	`since` integer NOT NULL,
	PRIMARY KEY(`room_id`, `user_id`)
);

CREATE TABLE `webhooks` (
	`webhook_id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`room_id` text,
	`position` integer NOT NULL
);

CREATE INDEX `webhooks_by_user` ON `webhooks` (`user_id`);
CREATE TABLE `written_texts` (
	`user_id` text NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`user_id`, `position`)
);

CREATE INDEX `written_texts_by_position` ON `written_texts` (`position`);
