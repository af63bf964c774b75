-- A number that moves with every change of what a reader could see of a thread or a site, whichever code, release or
-- process made it: a page of it that is kept in memory is made anew when it has moved.
ALTER TABLE sites ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE threads ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

CREATE TRIGGER new_comments_move_their_thread AFTER INSERT ON comments BEGIN
    UPDATE threads SET revision = revision + 1 WHERE id = NEW.thread_id;
END;
CREATE TRIGGER changed_comments_move_their_threads AFTER UPDATE ON comments BEGIN
    UPDATE threads SET revision = revision + 1 WHERE id IN (OLD.thread_id, NEW.thread_id);
END;
CREATE TRIGGER removed_comments_move_their_thread AFTER DELETE ON comments BEGIN
    UPDATE threads SET revision = revision + 1 WHERE id = OLD.thread_id;
END;
CREATE TRIGGER changed_threads_move AFTER UPDATE OF site_id, page, url, title, locked, count, close_after ON threads BEGIN
    UPDATE threads SET revision = revision + 1 WHERE id = NEW.id;
END;
CREATE TRIGGER changed_sites_move AFTER UPDATE OF key, name, sort, display_depth, edit_window, max_length, images, avatars,
    close_after, theme, accent, first_view_at, removed_at ON sites BEGIN
    UPDATE sites SET revision = revision + 1 WHERE id = NEW.id;
END;
CREATE TRIGGER new_origins_move_their_site AFTER INSERT ON site_origins BEGIN
    UPDATE sites SET revision = revision + 1 WHERE id = NEW.site_id;
END;
CREATE TRIGGER removed_origins_move_their_site AFTER DELETE ON site_origins BEGIN
    UPDATE sites SET revision = revision + 1 WHERE id = OLD.site_id;
END;
