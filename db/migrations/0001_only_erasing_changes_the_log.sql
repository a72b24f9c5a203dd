-- The log only grows. The one change that is allowed to an event is that its body is erased.
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN
	SELECT RAISE(ABORT, 'the log only grows: an event is never deleted');
END;
--> statement-breakpoint
CREATE TRIGGER events_append_after_the_head BEFORE INSERT ON events
WHEN NEW.position <= (SELECT max(position) FROM events)
BEGIN
	SELECT RAISE(ABORT, 'the log only grows: a position must lie after the head');
END;
--> statement-breakpoint
CREATE TRIGGER events_change_only_by_erasing BEFORE UPDATE ON events
WHEN NOT (
	NEW.body IS NULL AND NEW.salt IS NULL
	AND NEW.position IS OLD.position
	AND NEW.stream_id IS OLD.stream_id
	AND NEW.event_id IS OLD.event_id
	AND NEW.type IS OLD.type
	AND NEW.schema_version IS OLD.schema_version
	AND NEW.recorded_at IS OLD.recorded_at
	AND NEW.metadata IS OLD.metadata
	AND NEW.data IS OLD.data
	AND NEW.body_digest IS OLD.body_digest
	AND NEW.fingerprint IS OLD.fingerprint
)
BEGIN
	SELECT RAISE(ABORT, 'the log only grows: nothing of an event changes but that its body is erased');
END;
--> statement-breakpoint
CREATE TRIGGER log_identity_is_given_once BEFORE INSERT ON log_identity
WHEN EXISTS (SELECT 1 FROM log_identity)
BEGIN
	SELECT RAISE(ABORT, 'a log keeps its identity');
END;
--> statement-breakpoint
CREATE TRIGGER log_identity_never_changes BEFORE UPDATE ON log_identity
BEGIN
	SELECT RAISE(ABORT, 'a log keeps its identity');
END;
--> statement-breakpoint
CREATE TRIGGER log_identity_is_never_deleted BEFORE DELETE ON log_identity
BEGIN
	SELECT RAISE(ABORT, 'a log keeps its identity');
END;
