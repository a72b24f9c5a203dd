CREATE TABLE `consumers` (
	`user_id` text NOT NULL,
	`name` text NOT NULL,
	`position` integer NOT NULL,
	`moved_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `name`)
);
